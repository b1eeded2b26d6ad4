/**
 * Where a scenario takes place: the names its people have, the cities they live in, how their telephones and postcodes look.
 * One locale is at home in a scenario; some rows are from elsewhere, as customers are.
 *
 * Persons, companies and streets are of @faker-js/faker, those in China of han.ts, which knows how they sound; cities stand
 * here with where they lie, because a row's city, region, country and coordinates must agree.
 */

import { faker as german } from '@faker-js/faker/locale/de'
import { faker as english } from '@faker-js/faker/locale/en'
import { faker as british } from '@faker-js/faker/locale/en_GB'
import { faker as spanish } from '@faker-js/faker/locale/es'
import { faker as french } from '@faker-js/faker/locale/fr'
import { faker as italian } from '@faker-js/faker/locale/it'
import { faker as dutch } from '@faker-js/faker/locale/nl'
import { faker as polish } from '@faker-js/faker/locale/pl'
import { faker as brazilian } from '@faker-js/faker/locale/pt_BR'
import { faker as swedish } from '@faker-js/faker/locale/sv'
import { companyKinds, companyWords, givenNames, roads, surnames } from './han.ts'
import { createRandom, type Random } from './random.ts'

type Faker = typeof english

/** What people, companies and streets are called there. */
interface Naming {
  first(): string
  last(): string
  company(): string
  street(): string
}

export interface Locale {
  /** Draws of which are the same after `seed`. */
  open(seed: number): Naming
  /** The whole name of a person, and where a house has its number. */
  whole(first: string, last: string): string
  /** Two given names of one person. */
  both(first: string, second: string): string
  house(street: string, number: number): string
  country: string
  countryCode: string
  currency: string
  language: string
  timezone: string
  /** Telephone numbers: of those that a country keeps for fiction, or with 555 in them; `#` is a digit. */
  phone: string
  /** `#` is a digit. */
  postcode: string
  cities: readonly Place[]
}

export interface Place {
  city: string
  region: string
  latitude: number
  longitude: number
}

/** `city, region, latitude, longitude|…` */
const places = (text: string): Place[] =>
  text.split('|').map((place) => {
    const [city = '', region = '', latitude, longitude] = place.split(', ')
    return { city, region, latitude: Number(latitude), longitude: Number(longitude) }
  })

const numberFirst = (street: string, number: number): string => `${number} ${street}`
const numberLast = (street: string, number: number): string => `${street} ${number}`

/** Names by @faker-js/faker. */
const western = (faker: Faker, house = numberLast): Pick<Locale, 'open' | 'whole' | 'both' | 'house'> => ({
  open(seed) {
    faker.seed(seed)
    return {
      first: () => faker.person.firstName(),
      last: () => faker.person.lastName(),
      company: () => faker.company.name(),
      street: () => faker.location.street(),
    }
  },
  whole: (first, last) => `${first} ${last}`,
  both: (first, second) => `${first} ${second}`,
  house,
})

const chinese: Pick<Locale, 'open' | 'whole' | 'both' | 'house'> = {
  open(seed) {
    const random = createRandom(`han/${seed}`)
    return {
      first: () => random.pick(givenNames),
      last: () => random.pick(surnames)[0],
      company: () => `${random.pick(companyWords)[0]}${random.pick(companyWords)[0]}${random.pick(companyKinds)}`,
      street: () => random.pick(roads),
    }
  },
  whole: (first, last) => `${last}${first}`,
  both: (first, second) => `${first}${second}`,
  house: (street, number) => `${street}${number}号`,
}

export const locales: readonly Locale[] = [
  {
    ...western(english, numberFirst),
    country: 'United States',
    countryCode: 'US',
    currency: 'USD',
    language: 'en',
    timezone: 'America/New_York',
    phone: '+1 ### 555 01##',
    postcode: '#####',
    cities: places(
      'Boston, Massachusetts, 42.36, -71.06|Chicago, Illinois, 41.88, -87.63|Denver, Colorado, 39.74, -104.99|Austin, Texas, 30.27, -97.74|Portland, Oregon, 45.52, -122.68|Seattle, Washington, 47.61, -122.33|Atlanta, Georgia, 33.75, -84.39|Madison, Wisconsin, 43.07, -89.4',
    ),
  },
  {
    ...western(british, numberFirst),
    country: 'United Kingdom',
    countryCode: 'GB',
    currency: 'GBP',
    language: 'en',
    timezone: 'Europe/London',
    phone: '+44 20 7946 0###',
    postcode: 'BS# #QT',
    cities: places(
      'London, England, 51.51, -0.13|Bristol, England, 51.45, -2.59|Leeds, England, 53.8, -1.55|Cardiff, Wales, 51.48, -3.18|Edinburgh, Scotland, 55.95, -3.19|Glasgow, Scotland, 55.86, -4.25|Belfast, Northern Ireland, 54.6, -5.93|York, England, 53.96, -1.08',
    ),
  },
  {
    ...western(german),
    country: 'Germany',
    countryCode: 'DE',
    currency: 'EUR',
    language: 'de',
    timezone: 'Europe/Berlin',
    phone: '+49 30 23125 ###',
    postcode: '#####',
    cities: places(
      'Berlin, Berlin, 52.52, 13.4|Munich, Bavaria, 48.14, 11.58|Hamburg, Hamburg, 53.55, 9.99|Leipzig, Saxony, 51.34, 12.37|Cologne, North Rhine-Westphalia, 50.94, 6.96|Bremen, Bremen, 53.08, 8.8|Stuttgart, Baden-Württemberg, 48.78, 9.18|Nuremberg, Bavaria, 49.45, 11.08',
    ),
  },
  {
    ...western(french, numberFirst),
    country: 'France',
    countryCode: 'FR',
    currency: 'EUR',
    language: 'fr',
    timezone: 'Europe/Paris',
    phone: '+33 1 99 00 ## ##',
    postcode: '#####',
    cities: places(
      'Paris, Île-de-France, 48.86, 2.35|Lyon, Auvergne-Rhône-Alpes, 45.76, 4.84|Nantes, Pays de la Loire, 47.22, -1.55|Lille, Hauts-de-France, 50.63, 3.06|Rennes, Brittany, 48.12, -1.68|Toulouse, Occitania, 43.6, 1.44|Rouen, Normandy, 49.44, 1.1|Dijon, Burgundy, 47.32, 5.04',
    ),
  },
  {
    ...western(spanish),
    country: 'Spain',
    countryCode: 'ES',
    currency: 'EUR',
    language: 'es',
    timezone: 'Europe/Madrid',
    phone: '+34 600 555 ###',
    postcode: '#####',
    cities: places(
      'Madrid, Madrid, 40.42, -3.7|Seville, Andalusia, 37.39, -5.99|Granada, Andalusia, 37.18, -3.6|Barcelona, Catalonia, 41.39, 2.17|Bilbao, Basque Country, 43.26, -2.93|Valencia, Valencia, 39.47, -0.38|Zaragoza, Aragon, 41.65, -0.89|Salamanca, Castile and León, 40.97, -5.66',
    ),
  },
  {
    ...western(italian),
    country: 'Italy',
    countryCode: 'IT',
    currency: 'EUR',
    language: 'it',
    timezone: 'Europe/Rome',
    phone: '+39 333 555 ####',
    postcode: '#####',
    cities: places(
      'Rome, Lazio, 41.9, 12.5|Milan, Lombardy, 45.46, 9.19|Bergamo, Lombardy, 45.7, 9.67|Turin, Piedmont, 45.07, 7.69|Bologna, Emilia-Romagna, 44.49, 11.34|Florence, Tuscany, 43.77, 11.26|Siena, Tuscany, 43.32, 11.33|Naples, Campania, 40.85, 14.27',
    ),
  },
  {
    ...western(dutch),
    country: 'Netherlands',
    countryCode: 'NL',
    currency: 'EUR',
    language: 'nl',
    timezone: 'Europe/Amsterdam',
    phone: '+31 6 5550 ####',
    postcode: '#### KL',
    cities: places(
      'Amsterdam, North Holland, 52.37, 4.9|Haarlem, North Holland, 52.39, 4.64|Utrecht, Utrecht, 52.09, 5.12|Rotterdam, South Holland, 51.92, 4.48|Delft, South Holland, 52.01, 4.36|Groningen, Groningen, 53.22, 6.57|Eindhoven, North Brabant, 51.44, 5.48|Arnhem, Gelderland, 51.98, 5.91',
    ),
  },
  {
    ...western(polish),
    country: 'Poland',
    countryCode: 'PL',
    currency: 'PLN',
    language: 'pl',
    timezone: 'Europe/Warsaw',
    phone: '+48 500 555 ###',
    postcode: '##-###',
    cities: places(
      'Warsaw, Masovia, 52.23, 21.01|Kraków, Lesser Poland, 50.06, 19.94|Gdańsk, Pomerania, 54.35, 18.65|Gdynia, Pomerania, 54.52, 18.53|Wrocław, Lower Silesia, 51.11, 17.03|Poznań, Greater Poland, 52.41, 16.93|Łódź, Łódź, 51.76, 19.46|Lublin, Lublin, 51.25, 22.57',
    ),
  },
  {
    ...western(brazilian),
    country: 'Brazil',
    countryCode: 'BR',
    currency: 'BRL',
    language: 'pt',
    timezone: 'America/Sao_Paulo',
    phone: '+55 11 95555-####',
    postcode: '#####-###',
    cities: places(
      'São Paulo, São Paulo, -23.55, -46.63|Campinas, São Paulo, -22.91, -47.06|Rio de Janeiro, Rio de Janeiro, -22.91, -43.2|Curitiba, Paraná, -25.43, -49.27|Salvador, Bahia, -12.97, -38.5|Recife, Pernambuco, -8.05, -34.88|Porto Alegre, Rio Grande do Sul, -30.03, -51.23|Fortaleza, Ceará, -3.73, -38.52',
    ),
  },
  {
    ...western(swedish),
    country: 'Sweden',
    countryCode: 'SE',
    currency: 'SEK',
    language: 'sv',
    timezone: 'Europe/Stockholm',
    phone: '+46 70 174 06 ##',
    postcode: '### ##',
    cities: places(
      'Stockholm, Stockholm, 59.33, 18.07|Uppsala, Uppsala, 59.86, 17.64|Gothenburg, Västra Götaland, 57.71, 11.97|Borås, Västra Götaland, 57.72, 12.94|Malmö, Scania, 55.6, 13.0|Lund, Scania, 55.7, 13.19|Umeå, Västerbotten, 63.83, 20.26|Örebro, Örebro, 59.27, 15.21',
    ),
  },
  {
    ...chinese,
    country: 'China',
    countryCode: 'CN',
    currency: 'CNY',
    language: 'zh',
    timezone: 'Asia/Shanghai',
    phone: '+86 138 0555 ####',
    postcode: '######',
    cities: places(
      '北京, 北京, 39.9, 116.41|上海, 上海, 31.23, 121.47|杭州, 浙江, 30.27, 120.16|广州, 广东, 23.13, 113.26|深圳, 广东, 22.54, 114.06|成都, 四川, 30.57, 104.07|南京, 江苏, 32.06, 118.8|苏州, 江苏, 31.3, 120.58|武汉, 湖北, 30.59, 114.31|西安, 陕西, 34.34, 108.94',
    ),
  },
]

/** English-speaking places are at home twice as often: that is what the intents are written in. */
export function homeOf(seed: number): Locale {
  const at = seed % (locales.length + 2)
  return locales[at % locales.length] as Locale
}

export const digits = (form: string, random: Random): string => form.replace(/#/g, () => String(random.int(0, 9)))
