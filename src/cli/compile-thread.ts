// What a thread of `compile --workers` runs.
import { components } from '../../components/index.js'
import { serveShare } from '../compiler/shares/share-thread.js'

serveShare(components)
