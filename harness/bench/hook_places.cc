// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <filesystem>

#include "bench/contender.h"
#include "witness/device.h"

namespace mmuw {

Places hook_places(Device& device) {
    Places places;
    for (const Hook& hook : device.hooks()) {
        if (!hook.attached || hook.symbol.empty()) continue;
        std::string system;
        for (const auto& entry : std::filesystem::directory_iterator("/sys/kernel/tracing/events"))
            if (std::filesystem::exists(entry.path() / hook.symbol))
                system = entry.path().filename();
        if (system.empty())
            places.functions.push_back(hook.symbol);
        else
            places.tracepoints.push_back(system + ":" + hook.symbol);
    }
    for (auto* names : {&places.functions, &places.tracepoints}) {
        std::ranges::sort(*names);
        names->erase(std::ranges::unique(*names).begin(), names->end());
    }
    return places;
}

}  // namespace mmuw
