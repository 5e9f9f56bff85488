// SPDX-License-Identifier: GPL-2.0-only
// A directory that goes with the test.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace mmuw {

class TempDir {
  public:
    TempDir() {
        std::string name = std::filesystem::temp_directory_path() / "mmuw-XXXXXX";
        path_ = mkdtemp(name.data());
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir() {
        std::error_code ec;
        std::filesystem::remove_all(path_, ec);
    }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

}  // namespace mmuw
