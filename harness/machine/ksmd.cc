// SPDX-License-Identifier: GPL-2.0-only
#include "machine/ksmd.h"

#include "machine/setting.h"

namespace mmuw {

bool has_ksm() {
    return has_setting(std::string(kKsmDir) + "run");
}

void run_ksmd_at_full_speed(MachineGuard& guard) {
    // Smart scan leaves alone what was not merged lately, the advisor sets the pace itself. "run"
    // is last, and so the first to be put back: ksmd shall not run at this pace for anybody else.
    for (const auto& [file, value] : {std::pair{"smart_scan", "0"},
                                      {"advisor_mode", "none"},
                                      {"pages_to_scan", "1000"},
                                      {"sleep_millisecs", "0"},
                                      {"run", "1"}})
        if (const std::string path = std::string(kKsmDir) + file; has_setting(path))
            guard.set(path, value);
}

}  // namespace mmuw
