// SPDX-License-Identifier: GPL-2.0-only
// One way to record what a guest makes the kernel do.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "trace/recorder.h"

namespace mmuw {

// Where mmuwitness' hooks sit, by the kernel's own names.
struct Places {
    std::vector<std::string> functions;
    std::vector<std::string> tracepoints;  // "SYSTEM:NAME"
};

class Device;
// Of a session that has started: a name that is a trace event's is a tracepoint, all else a
// function, unless it is none (mmu_notifiers).
Places hook_places(Device& device);

class Contender {
  public:
    virtual ~Contender() = default;
    // From its return everything is recorded.
    virtual void start() = 0;
    // Ends it; the number of events since start(). std::runtime_error if some were lost.
    virtual std::uint64_t stop() = 0;
};

// This machine does not have it; what() says what is missing.
class NotHere : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Kernel probes at the functions' entries, system "mmuwbench"; gone with the object. Those that
// the kernel refuses are left out.
class KprobeEvents {
  public:
    explicit KprobeEvents(const std::vector<std::string>& functions);
    ~KprobeEvents();
    KprobeEvents(const KprobeEvents&) = delete;
    KprobeEvents& operator=(const KprobeEvents&) = delete;

    static constexpr const char* kSystem = "mmuwbench";
    [[nodiscard]] const std::vector<std::string>& functions() const { return made_; }

  private:
    std::vector<std::string> made_;
};

// The kernel's events in a tracefs instance, emptied by our own recorder.
std::unique_ptr<Contender> make_kprobe_recording(const Places& places, std::string directory);
// trace-cmd record of the same events. NotHere without /usr/bin/trace-cmd.
std::unique_ptr<Contender> make_trace_cmd(const Places& places, std::string directory);
// A bpftrace script on the same places, that counts or prints a line each. NotHere as above.
enum class BpftraceDoes : bool { kCount, kPrint };
std::unique_ptr<Contender> make_bpftrace(const Places& places, std::string directory,
                                         BpftraceDoes does);

// Of a tracing directory: records in its buffers, read and unread. Throws if some were lost.
std::uint64_t recorded_events(const std::string& tracing);

}  // namespace mmuw
