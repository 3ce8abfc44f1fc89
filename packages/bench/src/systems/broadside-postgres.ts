import { postgresStorage } from '@broadside/postgres'
import { urlOf } from '../place.js'
import { BroadsideSystem } from './broadside.js'
import type { OpenSystem } from './system.js'

export const open: OpenSystem = ({ place, variant }) => BroadsideSystem.open(postgresStorage(urlOf(place)), variant)
