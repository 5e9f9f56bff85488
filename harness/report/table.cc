// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <format>
#include <iterator>
#include <set>

#include "report/report.h"

namespace mmuw {
namespace {

constexpr const char* kReset = "\033[0m";

const char* colour_of(Verdict v) {
    switch (v) {
        case Verdict::pass:
            return "\033[32m";
        case Verdict::skip:
            return "\033[36m";
        case Verdict::xfail:
            return "\033[35m";
        case Verdict::inconclusive:
            return "\033[33m";
        case Verdict::fail:
            return "\033[31m";
    }
    return "";
}

class Table {
  public:
    explicit Table(bool colour) : colour_(colour) {}

    template <typename... Args>
    void line(std::format_string<Args...> fmt, Args&&... args) {
        std::format_to(std::back_inserter(out_), fmt, std::forward<Args>(args)...);
        out_ += '\n';
    }
    // Padded before it is coloured: escapes have no width.
    std::string word(Verdict v, size_t width = 0) const {
        std::string s(to_string(v));
        s.resize(std::max(s.size(), width), ' ');
        return colour_ ? colour_of(v) + s + kReset : s;
    }
    std::string mark(const std::string& s) const {
        return colour_ ? colour_of(Verdict::fail) + s + kReset : s;
    }
    std::string take() { return std::move(out_); }

  private:
    bool colour_;
    std::string out_;
};

void window(Table& t, const RuleResult& r) {
    const Window& w = r.windows.front();
    for (size_t i = 0; i < w.lines.size(); ++i)
        t.line("    {}", i == w.offender ? t.mark("> " + w.lines[i]) : "  " + w.lines[i]);
    if (r.violations > 1)
        t.line("    the first of {} violations, {} checked", r.violations, r.checked);
}

// One event window for each rule: a fault that breaks twenty scenarios breaks them alike, and
// results.ktap has them all.
void details(Table& t, const ScenarioResult& s, std::set<std::string>& shown) {
    t.line("");
    t.line("{}: {}{}{}", s.name, t.word(s.verdict), s.why.empty() ? "" : ": ", s.why);
    for (const RuleResult& r : s.rules) {
        if (r.verdict == Verdict::pass || r.why == s.why) continue;
        t.line("  {}: {}: {}", r.rule, t.word(r.verdict), r.why);
        if (r.verdict == Verdict::fail && !r.windows.empty() && shown.insert(r.rule).second)
            window(t, r);
    }
}

std::string joined(const std::vector<std::string>& words) {
    std::string all;
    for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
    return all;
}

// What each disturber did, over all scenarios; where it did nothing or gave up, is named.
void disturbers(Table& t, const JudgeResult& result) {
    struct Total {
        uint64_t scenarios = 0;
        std::vector<std::pair<std::string, uint64_t>> counts;
        std::vector<std::string> idle, failed;
    };
    std::vector<std::pair<std::string, Total>> totals;
    for (const ScenarioResult& s : result.scenarios)
        for (const Disturbance& d : s.disturbances) {
            auto at = std::ranges::find(totals, d.name, &std::pair<std::string, Total>::first);
            if (at == totals.end()) at = totals.insert(at, {d.name, {}});
            Total& total = at->second;
            ++total.scenarios;
            for (const auto& [what, number] : d.counts) {
                auto to =
                    std::ranges::find(total.counts, what, &std::pair<std::string, uint64_t>::first);
                if (to == total.counts.end()) to = total.counts.insert(to, {what, 0});
                to->second += number;
            }
            if (d.idle()) total.idle.push_back(s.name);
            if (!d.why.empty()) total.failed.push_back(s.name + ": " + d.why);
        }
    if (!totals.empty() || !result.missing_disturbers.empty()) t.line("");
    for (const auto& [name, total] : totals) {
        std::vector<std::string> counts;
        for (const auto& [what, number] : total.counts)
            counts.push_back(std::format("{} {}", number, what));
        t.line("disturber {:12} {} scenarios: {}", name, total.scenarios, joined(counts));
        if (!total.idle.empty())
            t.line("  did nothing in {} of them: {}", total.idle.size(), joined(total.idle));
        for (const std::string& why : total.failed) t.line("  gave up in {}", why);
    }
    for (const MissingDisturber& m : result.missing_disturbers)
        t.line("disturber {:12} {}: {}", m.name, t.word(Verdict::skip), m.why);
}

// A run without the module says nothing by some rules, and says so.
void left_out(Table& t, const JudgeResult& result) {
    const auto kmod = result.host.find("kmod");
    if (kmod == result.host.end() || kmod->second != "false") return;
    std::set<std::string> rules;
    for (const ScenarioResult& s : result.scenarios)
        for (const RuleResult& r : s.rules)
            if (r.verdict == Verdict::skip) rules.insert(r.rule);
    t.line("");
    t.line("without the module: end-to-end rules only; {} skipped: {}", rules.size(),
           joined({rules.begin(), rules.end()}));
}

// Of a list of known bugs, what this kernel does not have any more, or has by chance only.
void not_shown(Table& t, const JudgeResult& result) {
    for (const auto& [bug, checked, violations] : result.lab_bugs)
        if (checked != 0 && violations == 0)
            t.line("known bug that did not show: {} in {} ({}): {} checked", bug.rule,
                   bug.scenarios, bug.reason, checked);
}

}  // namespace

std::string table(const JudgeResult& result, bool colour) {
    Table t(colour);
    size_t width = 8;
    for (const ScenarioResult& s : result.scenarios) width = std::max(width, s.name.size());
    t.line("{:{}}  {:12}  {:>7}  {:>7}  {:>7}  {:>9}  {:>10}", "scenario", width, "verdict",
           "seconds", "trials", "hits", "checked", "violations");
    for (const ScenarioResult& s : result.scenarios) {
        uint64_t checked = 0;
        uint64_t violations = 0;
        for (const RuleResult& r : s.rules) {
            checked += r.checked;
            violations += r.violations;
        }
        t.line("{:{}}  {}  {:>7.2f}  {:>7}  {:>7}  {:>9}  {:>10}", s.name, width,
               t.word(s.verdict, 12), s.seconds, s.trials,
               s.hits_known ? std::to_string(s.hits) : "?", checked, violations);
    }
    std::set<std::string> shown;
    for (const ScenarioResult& s : result.scenarios)
        if (s.verdict != Verdict::pass) details(t, s, shown);
    disturbers(t, result);
    left_out(t, result);
    not_shown(t, result);
    const Summary n = summarize(result);
    t.line("");
    t.line("{} pass, {} fail, {} skip, {} inconclusive{}; {} events, {} lost", n.pass, n.fail,
           n.skip, n.inconclusive,
           n.xfail ? std::format(", {} xfail: this kernel has a known bug", n.xfail) : "",
           result.witness.events, result.witness.lost);
    return t.take();
}

}  // namespace mmuw
