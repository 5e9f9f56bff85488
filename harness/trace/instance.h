// SPDX-License-Identifier: GPL-2.0-only
// A tracefs instance of our own: nobody else's tracing is touched, and it goes when we go.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "trace/decoder.h"
#include "trace/result.h"

struct tracefs_instance;

namespace mmuw {

class Instance {
  public:
    // Named mmuwitness-PID. Instances of processes that no longer live are removed first.
    static Result<Instance> create();
    Instance(Instance&&) noexcept;
    Instance& operator=(Instance&&) = delete;
    ~Instance();  // removes it, with what it still holds

    Result<void> write(const char* file, const std::string& value);
    Result<std::string> read(const char* file) const;
    Result<void> enable(const std::string& system, const char* event);
    Result<void> set_buffer(size_t kb_per_cpu);
    std::string dir() const;
    std::vector<uint16_t> cpus() const;
    // All formats of a system.
    Result<std::vector<FormatFile>> formats(const std::string& system) const;

  private:
    explicit Instance(tracefs_instance* instance) : instance_(instance) {}
    tracefs_instance* instance_;
};

// Where tracefs is mounted, or the line that says it is not.
Result<std::string> tracing_dir();
void remove_dead_instances(const std::string& tracing);
// A whole file, also one of /proc and tracefs (size unknown beforehand).
Result<std::string> read_file(const std::string& path);

}  // namespace mmuw
