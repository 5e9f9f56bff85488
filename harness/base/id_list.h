// SPDX-License-Identifier: GPL-2.0-only
// The kernel's lists of numbers, as in "0-1,3" (Documentation/admin-guide/cputopology.rst).
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

namespace mmuw {

// Empty for what is no such list.
inline std::vector<int> parse_id_list(const std::string& list) {
    std::vector<int> ids;
    for (const char* at = list.c_str(); *at != '\0';) {
        char* end = nullptr;
        const long first = std::strtol(at, &end, 10);
        if (end == at) return {};
        const long last = *end == '-' ? std::strtol(end + 1, &end, 10) : first;
        for (long id = first; id <= last; id++) ids.push_back(static_cast<int>(id));
        if (*end != ',' && *end != '\0') return {};
        at = *end == ',' ? end + 1 : end;
    }
    return ids;
}

}  // namespace mmuw
