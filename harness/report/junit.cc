// SPDX-License-Identifier: GPL-2.0-only
// JUnit XML, in the elements that Jenkins, GitLab and pytest's schema have in common.
#include <algorithm>
#include <format>
#include <iterator>

#include "report/report.h"

namespace mmuw {
namespace {

// Attribute or text. XML 1.0 has no control characters, not even escaped.
std::string escaped(std::string_view s) {
    std::string out;
    for (const char c : s) switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t' ? '?' : c;
        }
    return out;
}

// What failed, was not certain or is known, with the events that show it.
std::string details(const ScenarioResult& s) {
    std::string out;
    for (const RuleResult& r : s.rules) {
        if (r.verdict != s.verdict) continue;
        std::format_to(std::back_inserter(out), "{}: {}: {}\n", r.rule, to_string(r.verdict),
                       r.why);
        for (const Window& w : r.windows)
            for (std::size_t i = 0; i < w.lines.size(); i++)
                std::format_to(std::back_inserter(out), "  {} {}\n", i == w.offender ? '>' : ' ',
                               w.lines[i]);
    }
    return out;
}

void test_case(std::string& out, const ScenarioResult& s) {
    const std::string id = stable_id(s.name);
    const auto dot = std::min(id.find('.'), id.size());
    const auto to = std::back_inserter(out);
    std::format_to(to, R"(    <testcase classname="mmuwitness.{}" name="{}" time="{:.3f}")",
                   escaped(id.substr(0, dot)), escaped(id.substr(std::min(dot + 1, id.size()))),
                   s.seconds);
    if (s.verdict == Verdict::pass) {
        out += "/>\n";
        return;
    }
    const bool skipped = s.verdict == Verdict::skip || s.verdict == Verdict::xfail;
    const char* const element = skipped                      ? "skipped"
                                : s.verdict == Verdict::fail ? "failure"
                                                             : "error";
    std::format_to(to, ">\n      <{0} message=\"{1}: {2}\"", element, to_string(s.verdict),
                   escaped(why_of(s)));
    if (skipped)
        out += "/>\n";
    else
        std::format_to(to, " type=\"{0}\">{1}</{2}>\n", to_string(s.verdict), escaped(details(s)),
                       element);
    out += "    </testcase>\n";
}

}  // namespace

std::string junit(const JudgeResult& result, const HostFacts& host) {
    double seconds = 0;
    for (const ScenarioResult& s : result.scenarios) seconds += s.seconds;
    const Summary n = summarize(result);
    const std::string counts =
        std::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{:.3f}")",
                    result.scenarios.size(), n.fail, n.inconclusive, n.skip + n.xfail, seconds);
    std::string out = std::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mmuwitness\" {}>\n"
        "  <testsuite name=\"{}\" {}>\n    <properties>\n",
        counts, escaped(host.name), counts);
    for (const note::Host& fact : host.notes())
        std::format_to(std::back_inserter(out), "      <property name=\"{}\" value=\"{}\"/>\n",
                       escaped(fact.key), escaped(fact.value));
    out += "    </properties>\n";
    for (const ScenarioResult& s : result.scenarios) test_case(out, s);
    return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace mmuw
