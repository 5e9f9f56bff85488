// SPDX-License-Identifier: GPL-2.0-only
// What came of a run for a documented report: how often its signs were seen.
#include <format>
#include <iterator>

#include "judge/reports.h"
#include "report/report.h"

namespace mmuw {
namespace {

std::string ratio(std::uint64_t with, std::uint64_t of) {
    return std::format("{}/{}", with, of);
}

}  // namespace

std::string histogram(const JudgeResult& result) {
    const auto found = report_result(result);
    if (!found) return {};
    std::string out = std::format("\n{:24} {:10} {:>11} {:>13} {:>17}\n", "sign", "counted",
                                  "scenarios", "trials", "checks");
    auto to = std::back_inserter(out);
    for (const SignResult& s : found->signs) {
        // What a rule tolerates is not among what it checks.
        const std::string checks = s.sign.of == Sign::Of::kViolations
                                       ? ratio(s.seen, s.checked)
                                       : std::format("{} seen", s.seen);
        std::format_to(to, "{:24} {:10} {:>11} {:>13} {:>17}", s.sign.rule, counted(s.sign),
                       ratio(s.scenarios_with, s.scenarios), ratio(s.trials_with, s.trials),
                       checks);
        if (!s.why.empty()) std::format_to(to, "  {}: {}", to_string(s.verdict), s.why);
        out += '\n';
    }
    std::string meaning = found->why;
    if (found->verdict == Verdict::fail) meaning = "this kernel shows it";
    if (found->verdict == Verdict::pass) meaning = "it does not show";
    std::format_to(to, "report {}: {}: {} ({})\n", found->report->name, to_string(found->verdict),
                   meaning, page_of(*found->report));
    return out;
}

}  // namespace mmuw
