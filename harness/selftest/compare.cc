// SPDX-License-Identifier: GPL-2.0-only
#include "selftest/compare.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <ranges>

namespace mmuw {

namespace {

constexpr int kSkipStatus = 4;      // kselftest's
constexpr int kKilledStatus = 137;  // 128 + SIGKILL: timeout(1) had to end it

std::vector<std::string> fields_of(std::string_view line) {
    std::vector<std::string> fields;
    for (const auto field : line | std::views::split('\t'))
        fields.emplace_back(std::string_view(field));
    return fields;
}

// nullopt for an empty text, or what is no number.
template <typename T>
std::optional<T> number(std::string_view text) {
    T n{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
    return n;
}

CompareOutcome outcome_of_mmuwitness(bool planted, int status) {
    if (!planted) return status == 0 ? CompareOutcome::kPass : CompareOutcome::kFail;
    if (status == kSkipStatus) return CompareOutcome::kNotApplicable;
    if (status == 0) return CompareOutcome::kDetected;
    return status == 1 ? CompareOutcome::kMissed : CompareOutcome::kError;
}

// The test's own verdict comes first; what only the kernel's log says is another thing.
CompareOutcome outcome_of_test(bool planted, int status, bool hit, bool warned) {
    if (status == kSkipStatus) return CompareOutcome::kSkip;
    // Without a hit it is not the plant that the test has found.
    if (planted && !hit)
        return status == 0 && !warned ? CompareOutcome::kNotHit : CompareOutcome::kFail;
    if (status == kKilledStatus) return CompareOutcome::kHung;
    if (status != 0) return planted ? CompareOutcome::kDetected : CompareOutcome::kFail;
    if (warned) return CompareOutcome::kKernelLog;
    return planted ? CompareOutcome::kMissed : CompareOutcome::kPass;
}

// PLANT TEST STATUS SECONDS HITS WARNED WHY
Result<CompareRun> parse_run(const std::vector<std::string>& field) {
    CompareRun run{.plant = field[1],
                   .test = field[2],
                   .outcome = CompareOutcome::kNotApplicable,
                   .status = number<int>(field[3]),
                   .seconds = number<double>(field[4]),
                   .hits = number<std::uint64_t>(field[5]),
                   .why = field[7]};
    const auto warned = number<double>(field[6]);
    const bool planted = run.plant != kNoPlant;
    if (field[3] == "died") {
        run.outcome = CompareOutcome::kDied;
        if (warned) run.seconds = warned;
    } else if (run.status) {
        run.outcome =
            run.test == kMmuwitness
                ? outcome_of_mmuwitness(planted, *run.status)
                : outcome_of_test(planted, *run.status, run.hits.value_or(0) != 0, bool(warned));
        if (run.outcome == CompareOutcome::kKernelLog) run.seconds = warned;
    } else if (field[3] != "n/a") {
        return error("'{}' is no exit status, died or n/a", field[3]);
    }
    return run;
}

}  // namespace

std::string_view to_string(CompareOutcome outcome) {
    switch (outcome) {
        case CompareOutcome::kPass:
            return "pass";
        case CompareOutcome::kFail:
            return "fail";
        case CompareOutcome::kDetected:
            return "detected";
        case CompareOutcome::kKernelLog:
            return "kernel log";
        case CompareOutcome::kMissed:
            return "missed";
        case CompareOutcome::kNotHit:
            return "not hit";
        case CompareOutcome::kHung:
            return "hung";
        case CompareOutcome::kDied:
            return "died";
        case CompareOutcome::kSkip:
            return "skip";
        case CompareOutcome::kNotApplicable:
            return "not applicable";
        case CompareOutcome::kError:
            return "error";
    }
    return "";
}

const CompareRun* Comparison::find(std::string_view plant, std::string_view test) const {
    const auto it = std::ranges::find_if(
        runs, [&](const CompareRun& run) { return run.plant == plant && run.test == test; });
    return it == runs.end() ? nullptr : &*it;
}

Result<Comparison> parse_comparison(std::string_view lines) {
    constexpr std::size_t kFacts = 4, kTest = 3, kRun = 8;
    Comparison c;
    c.tests.push_back({.name = std::string(kMmuwitness), .arguments = {}});
    for (const auto part : lines | std::views::split('\n')) {
        const std::string_view line(part);
        if (line.empty()) continue;
        const auto field = fields_of(line);
        if (field[0] == "facts" && field.size() == kFacts) {
            c.host = field[1];
            c.kernel = field[2];
            c.selftests = field[3];
        } else if (field[0] == "test" && field.size() == kTest) {
            c.tests.push_back({.name = field[1], .arguments = field[2]});
        } else if (field[0] == "run" && field.size() == kRun) {
            auto run = parse_run(field);
            if (!run) return error("{}: {}", line, run.error());
            if (!std::ranges::contains(c.plants, run->plant)) c.plants.push_back(run->plant);
            c.runs.push_back(*std::move(run));
        } else {
            return error("no line of a comparison: {}", line);
        }
    }
    for (CompareTest& test : c.tests | std::views::drop(1)) {
        const CompareRun* control = c.find(kNoPlant, test.name);
        test.unsure = control != nullptr && control->outcome != CompareOutcome::kPass &&
                      control->outcome != CompareOutcome::kSkip;
    }
    return c;
}

std::vector<std::string> what_is_wrong(const Comparison& c) {
    std::vector<std::string> wrong;
    for (const std::string& plant : c.plants) {
        if (plant == kNoPlant) continue;
        std::optional<double> best;
        for (const CompareTest& test : c.tests | std::views::drop(1)) {
            const CompareRun* run = c.find(plant, test.name);
            if (run != nullptr && !test.unsure && run->outcome == CompareOutcome::kDetected)
                best = std::min(best.value_or(run->seconds.value_or(0)), run->seconds.value_or(0));
        }
        if (!best) continue;
        const CompareRun* ours = c.find(plant, kMmuwitness);
        if (ours == nullptr || ours->outcome != CompareOutcome::kDetected)
            wrong.push_back(std::format(
                "{}: a selftest notices after {:.2f} s, mmuwitness does not", plant, *best));
        else if (ours->seconds.value_or(0) > *best)
            wrong.push_back(
                std::format("{}: a selftest notices after {:.2f} s, mmuwitness after {:.2f} s",
                            plant, *best, ours->seconds.value_or(0)));
    }
    const CompareRun* control = c.find(kNoPlant, kMmuwitness);
    if (control == nullptr || control->outcome != CompareOutcome::kPass)
        wrong.emplace_back("mmuwitness does not pass without a plant");
    return wrong;
}

}  // namespace mmuw
