/**
 * Where a scenario takes place: the names its people have, the cities they live in, how their telephones and postcodes look.
 * One locale is at home in a scenario; some rows are from elsewhere, as customers are.
 *
 * Persons, companies and streets are of @faker-js/faker; cities stand here with the regions they lie in, because a row's
 * city, region and country must agree.
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
import type { Random } from './random.ts'

export type Faker = typeof english

export interface Locale {
  faker: Faker
  country: string
  countryCode: string
  currency: string
  language: string
  timezone: string
  /** The country's own part of a telephone number. */
  calling: string
  /** `#` is a digit. */
  postcode: string
  /** `city, region`. */
  cities: readonly (readonly [city: string, region: string])[]
}

const places = (text: string): [string, string][] =>
  text.split('|').map((place) => place.split(', ') as [string, string])

export const locales: readonly Locale[] = [
  {
    faker: english,
    country: 'United States',
    countryCode: 'US',
    currency: 'USD',
    language: 'en',
    timezone: 'America/New_York',
    calling: '+1',
    postcode: '#####',
    cities: places(
      'Boston, Massachusetts|Chicago, Illinois|Denver, Colorado|Austin, Texas|Portland, Oregon|Seattle, Washington|Atlanta, Georgia|Madison, Wisconsin',
    ),
  },
  {
    faker: british,
    country: 'United Kingdom',
    countryCode: 'GB',
    currency: 'GBP',
    language: 'en',
    timezone: 'Europe/London',
    calling: '+44',
    postcode: 'BS# #QT',
    cities: places(
      'London, England|Bristol, England|Leeds, England|Cardiff, Wales|Edinburgh, Scotland|Glasgow, Scotland|Belfast, Northern Ireland|York, England',
    ),
  },
  {
    faker: german,
    country: 'Germany',
    countryCode: 'DE',
    currency: 'EUR',
    language: 'de',
    timezone: 'Europe/Berlin',
    calling: '+49',
    postcode: '#####',
    cities: places(
      'Berlin, Berlin|Munich, Bavaria|Hamburg, Hamburg|Leipzig, Saxony|Cologne, North Rhine-Westphalia|Bremen, Bremen|Stuttgart, Baden-Württemberg|Nuremberg, Bavaria',
    ),
  },
  {
    faker: french,
    country: 'France',
    countryCode: 'FR',
    currency: 'EUR',
    language: 'fr',
    timezone: 'Europe/Paris',
    calling: '+33',
    postcode: '#####',
    cities: places(
      'Paris, Île-de-France|Lyon, Auvergne-Rhône-Alpes|Nantes, Pays de la Loire|Lille, Hauts-de-France|Rennes, Brittany|Toulouse, Occitania|Rouen, Normandy|Dijon, Burgundy',
    ),
  },
  {
    faker: spanish,
    country: 'Spain',
    countryCode: 'ES',
    currency: 'EUR',
    language: 'es',
    timezone: 'Europe/Madrid',
    calling: '+34',
    postcode: '#####',
    cities: places(
      'Madrid, Madrid|Seville, Andalusia|Granada, Andalusia|Barcelona, Catalonia|Bilbao, Basque Country|Valencia, Valencia|Zaragoza, Aragon|Salamanca, Castile and León',
    ),
  },
  {
    faker: italian,
    country: 'Italy',
    countryCode: 'IT',
    currency: 'EUR',
    language: 'it',
    timezone: 'Europe/Rome',
    calling: '+39',
    postcode: '#####',
    cities: places(
      'Rome, Lazio|Milan, Lombardy|Bergamo, Lombardy|Turin, Piedmont|Bologna, Emilia-Romagna|Florence, Tuscany|Siena, Tuscany|Naples, Campania',
    ),
  },
  {
    faker: dutch,
    country: 'Netherlands',
    countryCode: 'NL',
    currency: 'EUR',
    language: 'nl',
    timezone: 'Europe/Amsterdam',
    calling: '+31',
    postcode: '#### KL',
    cities: places(
      'Amsterdam, North Holland|Haarlem, North Holland|Utrecht, Utrecht|Rotterdam, South Holland|Delft, South Holland|Groningen, Groningen|Eindhoven, North Brabant|Arnhem, Gelderland',
    ),
  },
  {
    faker: polish,
    country: 'Poland',
    countryCode: 'PL',
    currency: 'PLN',
    language: 'pl',
    timezone: 'Europe/Warsaw',
    calling: '+48',
    postcode: '##-###',
    cities: places(
      'Warsaw, Masovia|Kraków, Lesser Poland|Gdańsk, Pomerania|Gdynia, Pomerania|Wrocław, Lower Silesia|Poznań, Greater Poland|Łódź, Łódź|Lublin, Lublin',
    ),
  },
  {
    faker: brazilian,
    country: 'Brazil',
    countryCode: 'BR',
    currency: 'BRL',
    language: 'pt',
    timezone: 'America/Sao_Paulo',
    calling: '+55',
    postcode: '#####-###',
    cities: places(
      'São Paulo, São Paulo|Campinas, São Paulo|Rio de Janeiro, Rio de Janeiro|Curitiba, Paraná|Salvador, Bahia|Recife, Pernambuco|Porto Alegre, Rio Grande do Sul|Fortaleza, Ceará',
    ),
  },
  {
    faker: swedish,
    country: 'Sweden',
    countryCode: 'SE',
    currency: 'SEK',
    language: 'sv',
    timezone: 'Europe/Stockholm',
    calling: '+46',
    postcode: '### ##',
    cities: places(
      'Stockholm, Stockholm|Uppsala, Uppsala|Gothenburg, Västra Götaland|Borås, Västra Götaland|Malmö, Scania|Lund, Scania|Umeå, Västerbotten|Örebro, Örebro',
    ),
  },
]

/** English-speaking places are at home twice as often: that is what the intents are written in. */
export function homeOf(seed: number): Locale {
  const at = seed % (locales.length + 2)
  return locales[at % locales.length] as Locale
}

export const digits = (form: string, random: Random): string => form.replace(/#/g, () => String(random.int(0, 9)))
