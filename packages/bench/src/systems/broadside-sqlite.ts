import { sqliteStorage } from '@broadside/sqlite'
import { fileOf } from '../place.js'
import { BroadsideSystem } from './broadside.js'
import type { OpenSystem } from './system.js'

export const open: OpenSystem = ({ place, variant }) => BroadsideSystem.open(sqliteStorage(fileOf(place)), variant)
