// SPDX-License-Identifier: GPL-2.0-only
#include "witness/module.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <format>
#include <ranges>
#include <stdexcept>
#include <string_view>

#include "base/fd.h"
#include "base/sys_error.h"

namespace mmuw {

namespace {

// In the order in which they rest on each other; a name has '_' where its file has '-'.
constexpr const char* kNames[] = {"mmuwitness", "mmuwitness_plants", "mmuwitness_reference"};

constexpr const char* kPlants = "mmuwitness-plants.ko";
constexpr const char* kReference = "mmuwitness-reference.ko";

// False: it was loaded before.
bool load(const std::string& path) {
    const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) throw_errno("open({})", path);
    if (syscall(SYS_finit_module, fd.get(), "", 0) == 0) return true;
    utsname system{};
    uname(&system);
    switch (errno) {
        case EEXIST:
            return false;
        case EPERM:
            throw std::runtime_error(
                "the kernel refuses to load modules: run as root, without lockdown");
        case ENOEXEC:
        case EINVAL:
            throw std::runtime_error(std::format(
                "{} was not built for the running kernel {}: build it against that kernel's "
                "headers (see the kernel log)",
                path, system.release));
        case EKEYREJECTED:
            throw std::runtime_error(
                std::format("the kernel accepts signed modules only: sign {} or boot without "
                            "module.sig_enforce",
                            path));
        case ENOENT:
            throw std::runtime_error(std::format(
                "{} needs symbols that this kernel does not have (see the kernel log)", path));
        default:
            throw_errno("finit_module({})", path);
    }
}

int remove_one(const char* name) {
    if (syscall(SYS_delete_module, name, O_NONBLOCK) == 0 || errno == ENOENT) return 0;
    return errno;
}

std::string beside(const std::string& path, std::string_view file) {
    return std::filesystem::path(path).replace_filename(file).string();
}

}  // namespace

Module::Module(const std::string& path, ModuleParts parts) {
    try {
        if (load(path)) loaded_.emplace_back(kNames[0]);
        if (parts.plants && load(beside(path, kPlants))) loaded_.emplace_back(kNames[1]);
        if (parts.reference && load(beside(path, kReference))) loaded_.emplace_back(kNames[2]);
    } catch (...) {
        static_cast<void>(unload());
        throw;
    }
}

bool Module::has_plants(const std::string& path) {
    return std::filesystem::exists(beside(path, kPlants));
}

Module::~Module() {
    static_cast<void>(unload());
}

int Module::remove() {
    for (const char* name : kNames | std::views::reverse)
        if (const int error = remove_one(name); error != 0) return error;
    return 0;
}

int Module::unload() {
    for (; !loaded_.empty(); loaded_.pop_back())
        if (const int error = remove_one(loaded_.back().c_str()); error != 0) return error;
    return 0;
}

}  // namespace mmuw
