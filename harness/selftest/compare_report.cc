// SPDX-License-Identifier: GPL-2.0-only
// A comparison as a table, and as compare.json.
#include <algorithm>
#include <format>
#include <ranges>

#include "report/json.h"
#include "selftest/compare.h"

namespace mmuw {

namespace {

std::string cell(const CompareRun* run, const CompareTest& test) {
    if (run == nullptr) return {};
    std::string text(to_string(run->outcome));
    switch (run->outcome) {
        case CompareOutcome::kDetected:
            text = std::format("{:.1f}", run->seconds.value_or(0));
            break;
        case CompareOutcome::kKernelLog:
            text = std::format("log {:.1f}", run->seconds.value_or(0));
            break;
        case CompareOutcome::kDied:
        case CompareOutcome::kHung:
            if (run->seconds) text += std::format(" {:.0f}", *run->seconds);
            break;
        case CompareOutcome::kMissed:
            text = "-";
            break;
        case CompareOutcome::kNotHit:
            text = "0 hits";
            break;
        case CompareOutcome::kNotApplicable:
            text = "n/a";
            break;
        default:
            break;
    }
    if (test.unsure && run->plant != kNoPlant) text += "?";
    return text;
}

// Plants that a test of this kind noticed in this way.
template <typename F>
std::size_t plants_with(const Comparison& c, F&& noticed) {
    return static_cast<std::size_t>(std::ranges::count_if(c.plants, [&](const std::string& plant) {
        return plant != kNoPlant && std::ranges::any_of(c.tests, [&](const CompareTest& test) {
                   const CompareRun* run = c.find(plant, test.name);
                   return run != nullptr && noticed(test, *run);
               });
    }));
}

bool by_selftest(const CompareTest& test) {
    return test.name != kMmuwitness && !test.unsure;
}

bool only_the_machine_says(CompareOutcome outcome) {
    return outcome == CompareOutcome::kKernelLog || outcome == CompareOutcome::kDied ||
           outcome == CompareOutcome::kHung;
}

template <typename T>
void member(Json& json, std::string_view name, const std::optional<T>& value) {
    json.key(name);
    if (value)
        json.value(*value);
    else
        json.null();
}

}  // namespace

std::string compare_table(const Comparison& c) {
    std::string out = std::format("{}: {}, selftests of {}\n\n{:<34}{:>12}", c.host, c.kernel,
                                  c.selftests, "plant", kMmuwitness);
    for (std::size_t i = 1; i < c.tests.size(); i++)
        out += std::format("{:>10}", std::format("[{}]", i));
    out += '\n';
    for (const std::string& plant : c.plants) {
        std::string line = std::format("{:<34}", plant);
        for (const CompareTest& test : c.tests)
            line += std::format("{:>{}}", cell(c.find(plant, test.name), test),
                                test.name == kMmuwitness ? 12 : 10);
        out += line + '\n';
    }
    out += '\n';
    for (std::size_t i = 1; i < c.tests.size(); i++)
        out += std::format("[{}] {} {}{}\n", i, c.tests[i].name, c.tests[i].arguments,
                           c.tests[i].unsure ? "  (? fails without a plant, too)" : "");
    out +=
        "\nA number: noticed, after so many seconds; log: the test passes, the kernel warned; "
        "-: not noticed;\n"
        "died: so did the host; hung: beyond the time limit; fail: without a hit of the plant;\n"
        "0 hits: the test never does what is broken; n/a: concerns files under test, or no such "
        "place\n\n";
    const auto asserted = plants_with(c, [](const CompareTest& test, const CompareRun& run) {
        return by_selftest(test) && run.outcome == CompareOutcome::kDetected;
    });
    const auto anyhow = plants_with(c, [](const CompareTest& test, const CompareRun& run) {
        return by_selftest(test) &&
               (run.outcome == CompareOutcome::kDetected || only_the_machine_says(run.outcome));
    });
    const auto ours = plants_with(c, [](const CompareTest& test, const CompareRun& run) {
        return test.name == kMmuwitness && run.outcome == CompareOutcome::kDetected;
    });
    out += std::format(
        "of {} plants: mmuwitness {}, selftests {}, and {} more by a warning, a hang or the end of "
        "the host only\n",
        plants_with(c, [](const CompareTest&, const CompareRun&) { return true; }), ours, asserted,
        anyhow - asserted);
    for (const std::string& line : what_is_wrong(c)) out += "wrong: " + line + '\n';
    return out;
}

std::string compare_json(const Comparison& c) {
    Json json;
    json.open('{').member("host", c.host).member("kernel", c.kernel);
    json.member("selftests", c.selftests).key("arguments").open('{');
    for (const CompareTest& test : c.tests | std::views::drop(1))
        json.member(test.name, test.arguments);
    json.close('}').key("results").open('[');
    for (const CompareRun& run : c.runs) {
        json.open('{').member("plant", run.plant).member("test", run.test);
        json.member("result", to_string(run.outcome));
        member(json, "seconds", run.seconds);
        member(json, "hits", run.hits);
        member(json, "status", run.status);
        json.member("why", run.why).close('}');
    }
    json.close(']').close('}');
    return json.text() + "\n";
}

}  // namespace mmuw
