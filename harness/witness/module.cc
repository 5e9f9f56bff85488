// SPDX-License-Identifier: GPL-2.0-only
#include "witness/module.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <format>
#include <stdexcept>

#include "base/fd.h"
#include "base/sys_error.h"

namespace mmuw {

namespace {

constexpr const char* kName = "mmuwitness";

}  // namespace

Module::Module(const std::string& path, const std::string& parameters) {
    const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) throw_errno("open({})", path);
    if (syscall(SYS_finit_module, fd.get(), parameters.c_str(), 0) == 0) {
        loaded_ = true;
        return;
    }
    utsname system{};
    uname(&system);
    switch (errno) {
        case EEXIST:
            return;
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

Module::~Module() {
    static_cast<void>(unload());
}

int Module::remove() {
    return syscall(SYS_delete_module, kName, O_NONBLOCK) < 0 ? errno : 0;
}

int Module::unload() {
    if (!loaded_) return 0;
    if (const int error = remove(); error != 0) return error;
    loaded_ = false;
    return 0;
}

}  // namespace mmuw
