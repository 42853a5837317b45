# The outputs of the action, from a JSON report: the worst of all connectors. A word that is not known is an error, so that
# nothing else than these words is ever written.
def worst($order): map(. as $word | $order | index($word) // error("unknown: \($word)")) | $order[min // -1];

.connectors
| "verdict=\([.[].verdict.outcome] | worst(["breaking", "inconclusive", "review", "compatible", "none"]))",
  "required-bump=\([.[].verdict.required_bump] | worst(["major", "minor", "patch", "none"]))",
  "breaking-count=\([.[].summary.breaking | floor] | add // 0)"
