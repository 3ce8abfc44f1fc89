export { MEMORY_HARNESS as harness } from '../src/memory-harness.fixture.js'
