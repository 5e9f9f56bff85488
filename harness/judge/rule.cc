// SPDX-License-Identifier: GPL-2.0-only
#include "judge/rule.h"

#include "judge/pages.h"
#include "judge/rules/rules.h"

namespace mmuw {
namespace {

constexpr const RuleInfo* all[] = {
#define RULE(name) &name##_rule,
#include "rule_names.def"
#undef RULE
};

bool tells_what_was_read_back(const Event& e) {
    if (e.kind != Kind::mark) return false;
    switch (e.mark.kind) {
        case MMUWITNESS_MARK_DISK:
        case MMUWITNESS_MARK_LOGGED:
        case MMUWITNESS_MARK_COLLECT_END:
        case MMUWITNESS_MARK_COPY:
        case MMUWITNESS_MARK_LEFT:
        case MMUWITNESS_MARK_KERNEL_LOG:
        case MMUWITNESS_MARK_GONE:
        case MMUWITNESS_MARK_SEEN:
        case MMUWITNESS_MARK_OUTSIDE:
        case MMUWITNESS_MARK_BACKED:
        case MMUWITNESS_MARK_ANSWER:
        case MMUWITNESS_MARK_FAILED:
        case MMUWITNESS_MARK_RING_FULL:
        case MMUWITNESS_MARK_VMM_LOGGED:
        case MMUWITNESS_MARK_HUGE_SPTES:
        case MMUWITNESS_MARK_STUCK:
        case MMUWITNESS_MARK_AWAITED:
            return true;
        default:
            return false;
    }
}

}  // namespace

void Findings::violation(const Subject& subject, std::string why, Proof proof) {
    proven_ += proof == Proof::marks;
    const Event& offender = history_.newest();
    end_to_end_ += tells_what_was_read_back(offender);
    failed_.add(ledger_.trials() + 1);
    if (violations_++ == 0) {
        why_ = why;
        first_trial_ = ledger_.trials() + 1;
        first_ns_ = offender.ns;
    }
    if (windows_.size() < kWindows)
        windows_.push_back(history_.window(subject, ledger_, std::move(why)));
}

std::span<const RuleInfo* const> rules() {
    return all;
}

const RuleInfo* find_rule(std::string_view id) {
    for (const RuleInfo* r : all)
        if (r->id == id) return r;
    return nullptr;
}

std::string_view explain(std::string_view id) {
    for (const Page& p : rule_pages())
        if (p.id == id) return p.text;
    return {};
}

}  // namespace mmuw
