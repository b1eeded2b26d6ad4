/** The domains written by hand: always there, the reference that made ones are held against. */

import type { Domain } from '../../schemas/domain.ts'
import { hotelChain } from './hotel-chain/index.ts'

export const libraryDomains: readonly Domain[] = [hotelChain]
