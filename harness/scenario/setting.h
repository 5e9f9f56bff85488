// SPDX-License-Identifier: GPL-2.0-only
// A file of /sys or /proc that holds a setting.
#pragma once

#include <string>

namespace mmuw {

// As long as it lives, the setting has this value; then what it had before.
class Setting {
  public:
    // Throws SysError.
    Setting(std::string path, const std::string& value);
    ~Setting();
    Setting(const Setting&) = delete;
    Setting& operator=(const Setting&) = delete;

    static bool exists(const std::string& path);
    // Up to the first newline; throws SysError.
    static std::string read(const std::string& path);
    static void write(const std::string& path, const std::string& value);

  private:
    std::string path_;
    std::string before_;
};

}  // namespace mmuw
