# SPDX-License-Identifier: GPL-2.0-only
# The table of scripts/compare, and its JSON. Input: PLANT JOB STATUS SECONDS HITS
# WARNED WHY, with tabs between. Exits 1 if a selftest noticed what mmuwitness did
# not, or sooner, or if mmuwitness fails without a plant.

function quoted(text) {
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	gsub(/[\001-\037]/, " ", text)
	return "\"" text "\""
}
function number(text) { return text == "" ? "null" : text + 0 }

# The test's own verdict comes first; what only the kernel's log says is another thing.
function result_of(plant, job, status, hits, warned, why) {
	if (status == "n/a") return "not applicable"
	if (status == "died") return "died"
	if (job == "mmuwitness") {
		if (plant == "none") return status == 0 ? "pass" : "fail"
		if (status == 4) return "not applicable"
		return status == 0 ? "detected" : status == 1 ? "missed" : "error"
	}
	if (status == 4) return "skip"
	# Without a hit it is not the plant that the test has found.
	if (plant != "none" && hits + 0 == 0) return status == 0 && warned == "" ? "not hit" : "fail"
	if (status == 137) return "hung"
	if (status != 0) return plant == "none" ? "fail" : "detected"
	if (warned != "") return "kernel log"
	return plant == "none" ? "pass" : "missed"
}
function cell(plant, job,    r, s) {
	r = result[plant, job]
	s = seconds[plant, job]
	if (r == "detected") r = sprintf("%.1f", s)
	else if (r == "kernel log") r = sprintf("log %.1f", s)
	else if (r == "died" || r == "hung") r = s == "" ? r : sprintf("%s %.0f", r, s)
	else if (r == "missed") r = "-"
	else if (r == "not hit") r = "0 hits"
	else if (r == "not applicable") r = "n/a"
	return r == "" ? "" : r (unsure[job] && plant != "none" ? "?" : "")
}

BEGIN {
	FS = "\t"
	n_jobs = 1
	jobs[1] = "mmuwitness"
	split(facts, fact, "\t")
	n = split(given, line, "\n")
	for (i = 1; i <= n; i++) {
		if (line[i] == "") continue
		split(line[i], word, "\t")
		jobs[++n_jobs] = word[1]
		arguments[word[1]] = word[2]
	}
}

{
	if (!($1 in seen)) plants[++n_plants] = $1
	seen[$1] = 1
	result[$1, $2] = r = result_of($1, $2, $3, $5, $6, $7)
	seconds[$1, $2] = r == "kernel log" || r == "died" && $6 != "" ? $6 : $4
	status[$1, $2] = $3
	hits[$1, $2] = $5
	why[$1, $2] = $7
	if ($1 == "none" && $2 != "mmuwitness" && r != "pass" && r != "skip") unsure[$2] = 1
}

END {
	printf "%s: %s, selftests of %s\n\n", fact[1], fact[2], fact[3]
	width = 34
	printf "%-" width "s%12s", "plant", "mmuwitness"
	for (j = 2; j <= n_jobs; j++) printf "%10s", "[" (j - 1) "]"
	printf "\n"
	for (p = 1; p <= n_plants; p++) {
		plant = plants[p]
		printf "%-" width "s", plant
		best = ""
		for (j = 1; j <= n_jobs; j++) {
			job = jobs[j]
			printf((j == 1 ? "%12s" : "%10s"), cell(plant, job))
			r = result[plant, job]
			if (plant == "none") continue
			if (r == "detected") noticed[job]++
			if (r == "detected" && j > 1 && !unsure[job] &&
			    (best == "" || seconds[plant, job] + 0 < best))
				best = seconds[plant, job] + 0
			if (j > 1 && r ~ /^(kernel log|died|hung)$/ && !unsure[job]) logged[plant] = 1
			if (j > 1 && r == "detected" && !unsure[job]) asserted[plant] = 1
		}
		printf "\n"
		if (best == "") continue
		if (result[plant, "mmuwitness"] != "detected")
			wrong[++n_wrong] = plant ": a selftest notices after " best " s, mmuwitness does not"
		else if (seconds[plant, "mmuwitness"] + 0 > best)
			wrong[++n_wrong] = plant ": a selftest notices after " best " s, mmuwitness after " \
				seconds[plant, "mmuwitness"] " s"
	}
	if (result["none", "mmuwitness"] != "pass")
		wrong[++n_wrong] = "mmuwitness does not pass without a plant"
	printf "\n"
	for (j = 2; j <= n_jobs; j++)
		printf "[%d] %s %s%s\n", j - 1, jobs[j], arguments[jobs[j]],
			(unsure[jobs[j]] ? "  (? fails without a plant, too)" : "")
	printf "\nA number: noticed, after so many seconds; log: the test passes, the kernel warned; -: not noticed;\n"
	printf "died: so did the host; hung: beyond the time limit; fail: without a hit of the plant;\n"
	printf "0 hits: the test never does what is broken; n/a: concerns files under test, or no such place\n\n"
	for (p in asserted) n_asserted++
	for (p in logged) if (!(p in asserted)) n_logged++
	printf "of %d plants: mmuwitness %d, selftests %d, and %d more by a warning, a hang or the end of the host only\n",
		n_plants - 1, noticed["mmuwitness"], n_asserted, n_logged
	for (i = 1; i <= n_wrong; i++) print "wrong: " wrong[i]

	printf "{\"host\": %s, \"kernel\": %s, \"selftests\": %s, \"arguments\": {", quoted(fact[1]),
		quoted(fact[2]), quoted(fact[3]) >json
	for (j = 2; j <= n_jobs; j++)
		printf "%s%s: %s", (j > 2 ? ", " : ""), quoted(jobs[j]), quoted(arguments[jobs[j]]) >json
	printf "},\n \"results\": [" >json
	for (p = 1; p <= n_plants; p++)
		for (j = 1; j <= n_jobs; j++) {
			key = plants[p] SUBSEP jobs[j]
			if (!(key in result)) continue
			printf "%s\n  {\"plant\": %s, \"test\": %s, \"result\": %s, \"seconds\": %s, \"hits\": %s, \"status\": %s, \"why\": %s}",
				comma, quoted(plants[p]), quoted(jobs[j]), quoted(result[key]), number(seconds[key]),
				number(hits[key]), (status[key] ~ /^[0-9]+$/ ? status[key] : "null"), quoted(why[key]) >json
			comma = ","
		}
	printf "\n]}\n" >json
	exit(n_wrong > 0)
}
