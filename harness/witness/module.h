// SPDX-License-Identifier: GPL-2.0-only
// Loading and unloading mmuwitness.ko.
#pragma once

#include <string>

namespace mmuw {

// Loads the module for the object's life, unless it is loaded already: then it stays.
class Module {
  public:
    // std::runtime_error with one line that says what to do.
    Module(const std::string& path, const std::string& parameters);
    ~Module();
    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;

    // 0, or the errno value of delete_module: EWOULDBLOCK says that it is still referenced.
    [[nodiscard]] int unload();
    // The same for whoever loaded it.
    [[nodiscard]] static int remove();
    // Unloaded by this object, not by its owner: false if it was there before.
    [[nodiscard]] bool ours() const { return loaded_; }

  private:
    bool loaded_ = false;
};

}  // namespace mmuw
