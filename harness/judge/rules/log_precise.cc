// SPDX-License-Identifier: GPL-2.0-only
// log-precise: bits without a write are counted, and none appear where they are forbidden.
#include <map>
#include <vector>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class LogPrecise : public Rule {
  public:
    void on(const Event& e, const State&, Findings& found) override {
        const auto& a = e.mark.a;
        Log& log = logs_[{e.mark.vm, a[0]}];
        switch (e.mark.kind) {
            case MMUWITNESS_MARK_WROTE:
                log.wrote[a[1]] = log.collection;
                break;
            case MMUWITNESS_MARK_UNTOUCHED:
                log.untouched.push_back({a[1], a[2]});
                break;
            case MMUWITNESS_MARK_LOGGED:
                logged(e, log, found);
                break;
            case MMUWITNESS_MARK_COLLECT_END:
                for (const Range& r : log.untouched) found.checked(r.pages);
                log.untouched.clear();
                ++log.collection;
                break;
            default:
                break;
        }
    }

  private:
    struct Range {
        uint64_t gfn, pages;
    };
    struct Log {
        uint32_t collection = 1;
        Chunked<uint32_t> wrote;  // the collection before which it was written
        std::vector<Range> untouched;
    };

    static void logged(const Event& e, Log& log, Findings& found) {
        const auto& a = e.mark.a;
        for (unsigned bit = 0; bit < 64; ++bit) {
            if (!(a[2] >> bit & 1)) continue;
            const uint64_t gfn = a[1] + bit;
            bool forbidden = false;
            for (const Range& r : log.untouched) forbidden |= gfn - r.gfn < r.pages;
            if (forbidden) {
                found.violation(
                    {.vm = e.mark.vm, .gfn = gfn},
                    std::format("vm {} gfn {:#x}: in the dirty log, and nothing touched it",
                                e.mark.vm, gfn));
                continue;
            }
            const uint32_t* wrote = log.wrote.find(gfn);
            if (!wrote || *wrote != log.collection) found.tolerated();
        }
    }

    std::map<std::pair<uint16_t, uint64_t>, Log> logs_;  // by vm and slot
};

}  // namespace

const RuleInfo log_precise_rule = {
    .id = "log-precise",
    .statement =
        "bits set without a write are counted, and none appear where the scenario forbids "
        "them",
    .tolerates = "false positives outside the forbidden ranges",
    .origin = "002",
    .hooks = {},
    .events = kinds(Kind::mark),
    .make = make_rule<LogPrecise>,
    .end_to_end = true,
};

}  // namespace mmuw
