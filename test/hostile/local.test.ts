/** Hostile programs in the serving process: what the sandbox alone holds. */

import t from 'tap'
import { hostileSuite } from './suite.ts'
import { makeLocal } from './worlds.ts'

hostileSuite(t, { make: makeLocal })
