// What STIG Manager's importer takes from checklists: a line of JSON per file.
import fs from 'node:fs'
import { reviewsFromCkl, reviewsFromCklb, reviewsFromXccdf } from '@nuwcdivnpt/stig-manager-client-modules'

const options = {
  fieldSettings: { detail: { enabled: 'always', required: 'findings' }, comment: { enabled: 'findings', required: 'findings' } },
  allowAccept: true,
  importOptions: {
    autoStatus: { fail: 'submitted', pass: 'submitted', notapplicable: 'submitted' },
    unreviewed: 'commented', unreviewedCommented: 'informational',
    emptyDetail: 'replace', emptyComment: 'ignore', allowCustom: true
  },
  scapBenchmarkMap: new Map()
}
for (const file of process.argv.slice(2)) {
  const read = file.endsWith('.cklb') ? reviewsFromCklb : file.endsWith('.ckl') ? reviewsFromCkl : reviewsFromXccdf
  const { target, checklists } = read({ data: fs.readFileSync(file, 'utf8'), sourceRef: file, ...options })
  const [{ benchmarkId, revisionStr, reviews }] = checklists
  const results = Object.fromEntries(reviews.map((review) => [review.ruleId, review.result]))
  const submitted = reviews.filter((review) => review.status === 'submitted').length
  console.log(JSON.stringify({ host: target.name, benchmarkId, revisionStr, results, submitted }))
}
