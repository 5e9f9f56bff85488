// SPDX-License-Identifier: GPL-2.0-only
#include "trace/instance.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

extern "C" {  // the header does not say so itself
#include <tracefs.h>
}

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/fd.h"

namespace mmuw {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kPrefix = "mmuwitness-";

}  // namespace

Result<std::string> read_file(const std::string& path) {
    const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return errno_error("open", path);
    std::string text;
    char chunk[16384];
    for (;;) {
        const ssize_t n = ::read(fd.get(), chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno_error("read", path);
        if (n == 0) return text;
        text.append(chunk, static_cast<size_t>(n));
    }
}

Result<std::string> tracing_dir() {
    const char* path = nullptr;
    if (tracefs_tracing_dir_is_mounted(false, &path) != 1 || !path)
        return error("tracefs is not mounted: mount -t tracefs nodev /sys/kernel/tracing");
    return path;
}

void remove_dead_instances(const std::string& tracing) {
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(tracing + "/instances", ec)) {
        const std::string name = entry.path().filename();
        if (!name.starts_with(kPrefix)) continue;
        pid_t pid = 0;
        const char* end = name.data() + name.size();
        if (std::from_chars(name.data() + kPrefix.size(), end, pid).ptr != end || pid <= 0)
            continue;
        if (kill(pid, 0) != 0 && errno == ESRCH) rmdir(entry.path().c_str());
    }
}

Result<Instance> Instance::create() {
    auto tracing = tracing_dir();
    if (!tracing) return std::unexpected(tracing.error());
    remove_dead_instances(*tracing);
    if (!fs::exists(*tracing + "/events/" + kSystem))
        return error("no trace events of system {}: load the module (insmod mmuwitness.ko)",
                     kSystem);
    const std::string name = std::format("{}{}", kPrefix, getpid());
    tracefs_instance* instance = tracefs_instance_create(name.c_str());
    if (!instance) return errno_error("tracefs_instance_create", name);
    return Instance(instance);
}

Instance::Instance(Instance&& other) noexcept
    : instance_(std::exchange(other.instance_, nullptr)) {}

Instance::~Instance() {
    if (!instance_) return;
    // Open files keep an instance busy; ours are closed by now.
    tracefs_trace_off(instance_);
    tracefs_instance_destroy(instance_);
    tracefs_instance_free(instance_);
}

std::string Instance::dir() const {
    char* path = tracefs_instance_get_dir(instance_);
    std::string out = path ? path : "";
    tracefs_put_tracing_file(path);
    return out;
}

Result<void> Instance::write(const char* file, const std::string& value) {
    if (tracefs_instance_file_write(instance_, file, value.c_str()) < 0)
        return errno_error("write", std::format("{}/{}, \"{}\"", dir(), file, value));
    return {};
}

Result<std::string> Instance::read(const char* file) const {
    return read_file(dir() + "/" + file);
}

Result<void> Instance::enable(const std::string& system, const char* event) {
    if (tracefs_event_enable(instance_, system.c_str(), event) != 0)
        return errno_error("tracefs_event_enable", system + ":" + (event ? event : "*"));
    return {};
}

Result<void> Instance::set_buffer(size_t kb_per_cpu) {
    return write("buffer_size_kb", std::to_string(kb_per_cpu));
}

std::vector<uint16_t> Instance::cpus() const {
    std::vector<uint16_t> out;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(dir() + "/per_cpu", ec)) {
        const std::string name = entry.path().filename();
        uint16_t cpu = 0;
        const char* end = name.data() + name.size();
        if (name.starts_with("cpu") && std::from_chars(name.data() + 3, end, cpu).ptr == end)
            out.push_back(cpu);
    }
    std::ranges::sort(out);
    return out;
}

Result<std::vector<FormatFile>> Instance::formats(const std::string& system) const {
    std::vector<FormatFile> out;
    const std::string events = dir() + "/events/" + system;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(events, ec)) {
        if (!entry.is_directory()) continue;
        auto text = read_file(entry.path().string() + "/format");
        if (!text) return std::unexpected(text.error());
        out.push_back({system, std::move(*text)});
    }
    if (out.empty()) return error("{}: no events there", events);
    return out;
}

}  // namespace mmuw
