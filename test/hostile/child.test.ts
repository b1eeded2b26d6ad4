/** The same hostile programs in a process that may be killed, and those that only such a one can hold. */

import t from 'tap'
import { hostileSuite } from './suite.ts'
import { childMaker } from './worlds.ts'

const { make, close } = childMaker()
t.teardown(close)

hostileSuite(t, { killable: true, make })
