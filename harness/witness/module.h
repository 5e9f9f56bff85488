// SPDX-License-Identifier: GPL-2.0-only
// Loading and unloading mmuwitness.ko, and the two modules that rest on it and lie beside it.
#pragma once

#include <string>
#include <vector>

namespace mmuw {

// What a run needs beside the witness.
struct ModuleParts {
    bool plants = false;     // mmuwitness-plants.ko
    bool reference = false;  // mmuwitness-reference.ko
};

// Loads the modules for the object's life, each unless it is loaded already: then it stays.
class Module {
  public:
    // path: of mmuwitness.ko. std::runtime_error with one line that says what to do.
    Module(const std::string& path, ModuleParts parts);
    ~Module();
    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;

    // Is mmuwitness-plants.ko beside it? A machine that nobody shall break may not have it.
    [[nodiscard]] static bool has_plants(const std::string& path);

    // 0, or the errno value of delete_module: EWOULDBLOCK says that one is still referenced.
    [[nodiscard]] int unload();
    // The same of all that are loaded, for whoever loaded them.
    [[nodiscard]] static int remove();
    // They stay loaded when this object goes.
    void keep() { loaded_.clear(); }

  private:
    std::vector<std::string> loaded_;  // names, the newest last
};

}  // namespace mmuw
