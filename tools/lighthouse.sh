#!/usr/bin/env bash
# Lighthouse against pages of a running Matinee: tools/lighthouse.sh http://127.0.0.1:8000 /films/1 /screenings/3
# Fails where performance, accessibility, best practices or SEO of a page is below 95. Needs npm and Chromium.
set -euo pipefail
base=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund lighthouse@12.8.2 >/dev/null
CHROME_PATH=${CHROME_PATH:-$(command -v chromium)}
export CHROME_PATH
flags="--headless=new --no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
for path in "$@"; do
  node_modules/.bin/lighthouse "$base$path" --quiet --output=json --output-path=page.json --chrome-flags="$flags"
  node -e '
    const { categories, audits } = JSON.parse(require("fs").readFileSync("page.json"));
    const scores = Object.values(categories).map((one) => [one.title, Math.round(one.score * 100)]);
    console.log(process.argv[1], scores.map(([title, score]) => `${title} ${score}`).join(", "));
    const low = scores.filter(([, score]) => score < 95);
    if (low.length) {
      for (const audit of Object.values(audits))
        if (audit.score !== null && audit.score < 0.9) console.log("  ", audit.id, audit.displayValue ?? "");
      process.exit(1);
    }' "$path"
done
