// SPDX-License-Identifier: GPL-2.0-only
// KTAP version 1 (Documentation/dev-tools/ktap.rst).
#include <format>
#include <iterator>

#include "report/report.h"

namespace mmuw {
namespace {

// One line: '#' starts a directive, a newline would start another result.
std::string clean(std::string_view s) {
    std::string out(s);
    for (char& c : out)
        if (c == '\n' || c == '\r' || c == '#') c = ' ';
    return out;
}

void result_line(std::string& out, const char* indent, size_t number, std::string_view name,
                 Verdict v, std::string_view why) {
    // KTAP has no word for inconclusive: it is not ok, and the diagnostic says so.
    const bool ok = v == Verdict::pass || v == Verdict::skip || v == Verdict::xfail;
    if (v == Verdict::inconclusive || v == Verdict::fail)
        std::format_to(std::back_inserter(out), "{}# {}: {}{}{}\n", indent, name, to_string(v),
                       why.empty() ? "" : ": ", clean(why));
    std::format_to(std::back_inserter(out), "{}{} {} {}", indent, ok ? "ok" : "not ok", number,
                   clean(name));
    if (v == Verdict::skip) std::format_to(std::back_inserter(out), " # SKIP {}", clean(why));
    if (v == Verdict::xfail) std::format_to(std::back_inserter(out), " # XFAIL {}", clean(why));
    out += '\n';
}

}  // namespace

std::string ktap(const JudgeResult& result) {
    std::string out = std::format("KTAP version 1\n1..{}\n", result.scenarios.size());
    size_t number = 0;
    for (const ScenarioResult& s : result.scenarios) {
        if (!s.rules.empty()) {
            std::format_to(std::back_inserter(out),
                           "    KTAP version 1\n    # Subtest: {}\n    1..{}\n", clean(s.name),
                           s.rules.size());
            size_t rule = 0;
            for (const RuleResult& r : s.rules) {
                for (const Window& w : r.windows)
                    for (size_t i = 0; i < w.lines.size(); ++i)
                        std::format_to(std::back_inserter(out), "    # {} {}\n",
                                       i == w.offender ? '>' : ' ', clean(w.lines[i]));
                result_line(out, "    ", ++rule, r.rule, r.verdict, r.why);
            }
        }
        result_line(out, "", ++number, s.name, s.verdict, s.why);
    }
    const Summary n = summarize(result);
    std::format_to(std::back_inserter(out), "# pass:{} fail:{} skip:{} inconclusive:{} xfail:{}\n",
                   n.pass, n.fail, n.skip, n.inconclusive, n.xfail);
    return out;
}

}  // namespace mmuw
