// SPDX-License-Identifier: GPL-2.0-only
// A rule: sees every event after the ledger has taken it in, and says what it found.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "judge/history.h"
#include "judge/ledger.h"
#include "judge/result.h"
#include "trace/event.h"

namespace mmuw {

// Could the violation come from a lost event? Not if it rests on what a single mark or page
// says; all others count only when nothing was lost.
enum class Proof : uint8_t { events, marks };

class Findings {
  public:
    Findings(const History& history, const Ledger& ledger) : history_(history), ledger_(ledger) {}

    void checked(uint64_t n = 1) { checked_ += n; }
    void tolerated(uint64_t n = 1) {
        tolerated_ += n;
        tolerant_.add(ledger_.trials() + 1);
    }
    // The offending event is the newest one. Found at a mark of what the harness read back (the
    // disk, the copy, the log), the violation is end to end; at any other event it is one of the
    // protocol, by trace.
    void violation(const Subject& subject, std::string why, Proof proof = Proof::events);

    uint64_t checked_count() const { return checked_; }
    uint64_t tolerated_count() const { return tolerated_; }
    uint64_t violation_count() const { return violations_; }
    uint64_t proven_count() const { return proven_; }  // of them, Proof::marks
    uint64_t end_to_end_count() const { return end_to_end_; }
    // Of the first violation.
    const std::string& why() const { return why_; }
    uint64_t first_trial() const { return first_trial_; }
    // Repetitions with a violation, with something tolerated.
    uint64_t trials_failed() const { return failed_.count; }
    uint64_t trials_tolerated() const { return tolerant_.count; }
    uint64_t first_ns() const { return first_ns_; }
    const std::vector<Window>& windows() const { return windows_; }

  private:
    static constexpr size_t kWindows = 3;
    struct Trials {
        uint64_t count = 0, last = 0;
        void add(uint64_t trial) {
            count += trial != last;
            last = trial;
        }
    };
    const History& history_;
    const Ledger& ledger_;
    uint64_t checked_ = 0, violations_ = 0, proven_ = 0, tolerated_ = 0;
    uint64_t end_to_end_ = 0, first_trial_ = 0, first_ns_ = 0;
    Trials failed_, tolerant_;
    std::string why_;
    std::vector<Window> windows_;
};

class Rule {
  public:
    virtual ~Rule() = default;
    virtual void on(const Event& e, const Ledger& ledger, Findings& found) = 0;
};

// Bit mask of event kinds.
template <typename... Kinds>
constexpr uint32_t kinds(Kinds... k) {
    return (0u | ... | (1u << static_cast<unsigned>(k)));
}

struct RuleInfo {
    std::string_view id;
    std::string_view statement;
    std::string_view tolerates;  // which kind of imprecision
    std::string_view origin;     // docs/threads.md
    // Hooks without which there is nothing to judge; "a|b": either will do.
    std::vector<std::string_view> hooks;
    uint32_t events;  // kinds() it wants to see
    std::unique_ptr<Rule> (*make)();
    // What the harness reads back is evidence enough: judged without the module, too.
    bool end_to_end = false;
    // Goes with every scenario: not what one is run for.
    bool everywhere = false;
};

// All rules, by name.
std::span<const RuleInfo* const> rules();
const RuleInfo* find_rule(std::string_view id);
// The rule's page (docs/rules/ID.md), as built in; empty: no such rule.
std::string_view explain(std::string_view id);

template <typename T>
std::unique_ptr<Rule> make_rule() {
    return std::make_unique<T>();
}

}  // namespace mmuw
