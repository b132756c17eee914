import * as cartbeacon from 'cartbeacon'
import * as inline from 'cartbeacon/inline'
import * as slim from 'cartbeacon/slim'
import 'cartbeacon/stub'
import { exercise } from './exercise.mjs'

const answers = []
for (const entry of [cartbeacon, inline, slim]) answers.push(await exercise(entry))
console.log(JSON.stringify(answers))
