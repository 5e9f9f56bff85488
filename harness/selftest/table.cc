// SPDX-License-Identifier: GPL-2.0-only
#include "selftest/table.h"

#include <algorithm>
#include <set>

namespace mmuw {

std::span<const PlantCase> plant_cases() {
    static const std::vector<PlantCase> table = {
        {"flush-skipped-in-log-collection", "Turns.*", {"flush-on-protect"}},
        {"flush-skipped-in-log-enable", "LogToggle.*", {"flush-on-protect"}},
        {"flush-skipped-in-notifier", "Writeback.Guest*:WriteBehind.*", {"unmapped-when-clean"}},
        {"flush-skipped-in-zap", "SlotChange.*_leafs", {"flush-on-zap"}},
        {"flush-skipped-in-fault", "MemoryChanges.*huge*_collapse", {"flush-on-replace"}, "x86_64"},
        {"zap-skipped", "SlotChange.*", {"flush-on-zap"}},
        {"unmap-skipped-in-mkclean", "Writeback.Guest*", {"unmapped-when-clean", "durable"}},
        {"unmap-skipped-at-copy", "Fork.*/anonymous", {"same-page", "isolated"}},
        {"invalidate-ended-early", "Staged.Fault*", {"retry-on-stale"}},
        {"log-mark-skipped", "Turns.*", {"log-complete"}},
        {"log-mark-skipped-one-in-64", "Turns.*", {"log-complete"}},
        {"log-mark-next-gfn", "Turns.*/bitmap", {"log-precise"}},
        {"ring-push-dropped", "Turns.*/ring", {"log-complete"}},
        {"ring-full-not-told", "SmallPages.*/large_ring", {"forward-progress"}},
        {"ring-reset-dropped", "Turns.*/ring", {"log-complete"}},
        {"dirty-after-writeback", "Writeback.Guest*", {"tagged", "durable", "nothing-left"}},
        {"marked-dirty-after-writeback", "Writeback.Guest*", {"dirty-in-time"}},
        {"marked-dirty-without-buffers", "Writeback.Guest*", {"dirty-in-time"}},
        {"mkclean-after-writeback-started", "ContinuousWriters.*", {"stable-page"}},
        {"kernel-warns", "Writeback.Guest*", {"quiet-kernel"}},
        {"kvm-dirty-skipped", "Writeback.Guest*", {"dirty-reaches-folio"}},
        {"kvm-dirty-skipped-on-read-fault", "ReadFault.*", {"dirty-reaches-folio"}},
        {"folio-clean-at-read-fault", "ReadFault.*", {"slow-path-dirty"}},
        {"stale-check-skipped", "Staged.Writeback*", {"retry-on-stale"}, "x86_64"},
        {"sequence-not-advanced", "Staged.Writeback*", {"retry-on-stale", "durable"}},
        {"aging-says-not-young", "Aging.*", {"young"}},
        {"aging-never-flushes", "Aging.*/classic", {"young"}},
        {"aging-always-flushes", "Aging.*/classic", {"young"}},
        {"aging-flushes-instead", "Aging.*", {"young"}},
        {"accessed-bit-lost-at-prefault", "Prefault.Keeps*", {"prefault-keeps-young"}, "x86_64"},
        {"prefault-always-stale", "Prefault.Keeps*", {"prefault-ends"}, "x86_64"},
        {"prefault-skips-pages", "PrefaultLogged.*/bitmap", {"prefault-maps"}, "x86_64"},
        {"huge-pages-not-recovered", "PageSizes.*", {"huge-pages"}, "x86_64"},
        {"fault-stale-for-long", "Writeback.Guest*/msync", {"fault-ends"}, "x86_64"},
        {"ksm-protect-not-propagated", "Ksm.*", {"ksm-isolated", "isolated"}},
        {"refusal-withheld", "RefusedSlots.*", {"refused"}},
        {"pin-of-file-allowed", "Pins.*/file", {"pin-refused"}},
        {"change-pte-unbracketed", "Ksm.*/two_slots", {"change-pte-bracketed"}},
        {"dirty-bit-lost-in-race", "Race.*", {"dirty-not-lost-in-race"}, "x86_64"},
        {"dirtied-after-unlock", "Turns.*", {"dirty-in-time"}, "loongarch64"},
    };
    return table;
}

const PlantCase* find_plant_case(std::string_view plant) {
    const auto cases = plant_cases();
    const auto it = std::ranges::find(cases, plant, &PlantCase::plant);
    return it == cases.end() ? nullptr : &*it;
}

std::vector<std::string_view> one_plant_per_rule(std::span<const PlantCase> cases) {
    std::vector<std::string_view> plants;
    std::set<std::string_view> noticed;
    for (const PlantCase& c : cases) {
        const auto before = noticed.size();
        noticed.insert(c.rules.begin(), c.rules.end());
        if (noticed.size() != before) plants.push_back(c.plant);
    }
    return plants;
}

std::vector<std::string> unknown_to_module(std::span<const PlantCase> cases,
                                           std::string_view machine,
                                           std::span<const std::string> listed) {
    std::vector<std::string> unknown;
    for (const PlantCase& c : cases)
        if ((c.machine.empty() || c.machine == machine) && !std::ranges::contains(listed, c.plant))
            unknown.emplace_back(c.plant);
    return unknown;
}

}  // namespace mmuw
