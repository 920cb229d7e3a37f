// What Heimdall makes of HDF files: a line of JSON per file, the status of each control.
const fs = require('fs')
const { convertFile, contextualizeEvaluation } = require('inspecjs')

for (const file of process.argv.slice(2)) {
  const evaluation = contextualizeEvaluation(convertFile(fs.readFileSync(file, 'utf8'), true)['1_0_ExecJson'])
  const controls = evaluation.contains.flatMap((profile) => profile.contains)
  console.log(JSON.stringify(controls.map((control) => control.hdf.status)))
}
