import { memoryStorage } from '@broadside/memory'
import { BroadsideSystem } from './broadside.js'
import type { OpenSystem } from './system.js'

export const open: OpenSystem = ({ variant }) => BroadsideSystem.open(memoryStorage(), variant)
