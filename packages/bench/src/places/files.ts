import { constants, copyFile, open, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileOf } from '../place.js'
import type { PlaceKeeper } from './place-keeper.js'
import type { Workplace } from './workplace.js'

/** SQLite databases. */
export function fileKeeper(workplace: Workplace): PlaceKeeper {
  return {
    make: async (name) => ({ kind: 'file', file: workplace.newPath(`${name}.db`) }),
    copy: async (place) => {
      const from = fileOf(place)
      const to = workplace.newPath(basename(from))
      await copyFile(from, to, constants.COPYFILE_EXCL)
      await synced(to)
      return { kind: 'file', file: to }
    },
    drop: async (place) => {
      const file = fileOf(place)
      const names = await readdir(dirname(file))
      const own = names.filter((name) => name.startsWith(basename(file)))
      await Promise.all(own.map((name) => rm(join(dirname(file), name), { force: true })))
    },
    settle: async () => {},
  }
}

/** What was copied is on the disk before anything is measured there. */
async function synced(path: string): Promise<void> {
  const file = await open(path, 'r+')
  await file.sync()
  await file.close()
}
