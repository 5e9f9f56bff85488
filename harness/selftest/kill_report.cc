// SPDX-License-Identifier: GPL-2.0-only
#include "selftest/kill_report.h"

#include <algorithm>
#include <format>
#include <iterator>

#include "report/json.h"

namespace mmuw {
namespace {

constexpr const char* kTrace = "trace";
constexpr const char* kEndToEnd = "end to end";

void put_how(Json& j, bool trace, bool end_to_end) {
    j.key("how").open('[');
    if (end_to_end) j.value(kEndToEnd);
    if (trace) j.value(kTrace);
    j.close(']');
}

void put_rule(Json& j, const RuleKill& r) {
    j.open('{').member("rule", r.rule).member("expected", r.expected).member("kills", r.kills);
    put_how(j, r.trace, r.end_to_end);
    j.member("trials", r.trials).member("seconds", r.seconds).close('}');
}

void put_kill(Json& j, const Kill& k) {
    j.open('{').member("plant", k.plant).member("outcome", to_string(k.outcome));
    j.member("hits", k.hits).member("killed", k.outcome == Outcome::killed);
    j.member("runs", k.runs).member("kills", k.kills).key("by").open('[');
    bool trace = false;
    bool end_to_end = false;
    for (const RuleKill& r : k.rules) {
        if (!r.expected) continue;
        j.value(r.rule);
        trace |= r.trace;
        end_to_end |= r.end_to_end;
    }
    j.close(']');
    put_how(j, trace, end_to_end);
    j.member("trials", k.trials).member("seconds", k.seconds).member("why", k.why);
    j.key("rules").open('[');
    for (const RuleKill& r : k.rules) put_rule(j, r);
    j.close(']').close('}');
}

class Table {
  public:
    Table(std::span<const Kill> kills, bool colour) : colour_(colour) {
        for (const Kill& k : kills) {
            plant_ = std::max(plant_, k.plant.size());
            for (const RuleKill& r : k.rules) rule_ = std::max(rule_, r.rule.size() + 2);
        }
        line("{:{}}  {:{}}  {:18}  {:>7}  {:>6}  {:>7}  {:>8}", "plant", plant_, "noticed by",
             rule_, "how", "runs", "trials", "seconds", "hits");
    }
    template <typename... Args>
    void line(std::format_string<Args...> fmt, Args&&... args) {
        std::format_to(std::back_inserter(out_), fmt, std::forward<Args>(args)...);
        out_ += '\n';
    }
    void row(const Kill& k) {
        std::string name = k.plant;
        std::string hits = std::to_string(k.hits);
        if (k.outcome != Outcome::killed) {
            line("{:{}}  {}: {}", name, plant_, shouted(k.outcome), k.why);
            name.clear();
            hits.clear();
        }
        for (const RuleKill& r : k.rules) {
            const std::string rule = r.expected ? r.rule : '(' + r.rule + ')';
            const std::string how = r.trace && r.end_to_end ? "end to end + trace"
                                    : r.trace               ? kTrace
                                                            : kEndToEnd;
            line("{:{}}  {:{}}  {:18}  {:>7}  {:>6}  {:>7.2f}  {:>8}", name, plant_, rule, rule_,
                 how, std::format("{}/{}", r.kills, k.runs), r.trials, r.seconds, hits);
            name.clear();
            hits.clear();
        }
    }
    std::string bad(const std::string& s) const { return colour_ ? "\033[31m" + s + "\033[0m" : s; }
    std::string take() { return std::move(out_); }

  private:
    std::string shouted(Outcome o) const {
        return o == Outcome::survived ? bad("SURVIVED") : "SKIP";
    }

    bool colour_;
    std::size_t plant_ = 8, rule_ = 10;
    std::string out_;
};

auto count(std::span<const Kill> kills, Outcome outcome) {
    return std::ranges::count(kills, outcome, &Kill::outcome);
}

}  // namespace

std::string kill_json(std::span<const Kill> kills) {
    Json j;
    j.open('[');
    for (const Kill& k : kills) put_kill(j, k);
    j.close(']');
    return j.text();
}

std::string kill_table(std::span<const Kill> kills, std::span<const Control> controls,
                       bool colour) {
    Table t(kills, colour);
    for (const Kill& k : kills) t.row(k);
    unsigned runs = 0;
    for (const Control& c : controls) runs += c.runs;
    t.line("");
    t.line("{} killed, {} survived, {} skipped; control: {} sets of scenarios, {} runs, {} clean",
           count(kills, Outcome::killed), count(kills, Outcome::survived),
           count(kills, Outcome::skip), controls.size(), runs,
           std::ranges::count(controls, true, &Control::clean));
    for (const Kill& k : kills)
        if (k.outcome == Outcome::survived)
            t.line("{} {}{}: {}", t.bad("survived"), k.plant,
                   k.runs ? std::format(", killed in {} of {} runs", k.kills, k.runs) : "", k.why);
    for (const Control& c : controls)
        if (!c.clean) t.line("{} without a plant, {}: {}", t.bad("not clean"), c.filter, c.why);
    return t.take();
}

int kill_status(std::span<const Kill> kills, std::span<const Control> controls) {
    if (count(kills, Outcome::survived) || !std::ranges::all_of(controls, &Control::clean))
        return 1;
    return count(kills, Outcome::killed) ? 0 : 4;
}

}  // namespace mmuw
