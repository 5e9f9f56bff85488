// SPDX-License-Identifier: GPL-2.0-only
// nothing-left: after teardown no reference, no pinned page; unmount and unload succeed.
#include "judge/rules/rules.h"
#include "trace/symbols.h"

namespace mmuw {
namespace {

class NothingLeft : public Rule {
  public:
    void on(const Event& e, const State&, Findings& found) override {
        if (e.mark.kind != MMUWITNESS_MARK_LEFT) return;
        found.checked();
        const uint64_t count = e.mark.a[1];
        if (!count) return;
        std::string_view what = "something";
        for (const Symbol& s : symbols::left)
            if (s.value == e.mark.a[0]) what = s.name;
        if (e.mark.a[0] == MMUWITNESS_LEFT_MOUNT)
            found.violation(
                {}, std::format("unmount failed: {}", std::strerror(static_cast<int>(count))),
                Proof::marks);
        else
            found.violation({}, std::format("left after teardown: {} {}", count, what),
                            Proof::marks);
    }
};

}  // namespace

const RuleInfo nothing_left_rule = {
    .id = "nothing-left",
    .statement = "after teardown: no reference to the module, no pinned page, and unmount succeeds",
    .tolerates = "nothing",
    .origin = "all",
    .hooks = {},
    .events = kinds(Kind::mark),
    .make = make_rule<NothingLeft>,
    .end_to_end = true,
    .everywhere = true,
};

}  // namespace mmuw
