// SPDX-License-Identifier: GPL-2.0-only
// A file of /proc or /sys that holds a setting of the machine.
#pragma once

#include <string>

namespace mmuw {

[[nodiscard]] bool has_setting(const std::string& path);
// Without the newline; of a file that lists its choices ("always [madvise] never") the chosen one.
// SysError.
std::string read_setting(const std::string& path);
// SysError. To have it put back, use MachineGuard::set().
void write_setting(const std::string& path, const std::string& value);

}  // namespace mmuw
