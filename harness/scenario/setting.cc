// SPDX-License-Identifier: GPL-2.0-only
#include "scenario/setting.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "base/fd.h"
#include "base/sys_error.h"

namespace mmuw {

Setting::Setting(std::string path, const std::string& value)
    : path_(std::move(path)), before_(read(path_)) {
    write(path_, value);
}

Setting::~Setting() {
    try {
        write(path_, before_);
    } catch (const SysError&) {
        // What could be written once can be written again, or the machine is going down.
    }
}

bool Setting::exists(const std::string& path) {
    return access(path.c_str(), F_OK) == 0;
}

std::string Setting::read(const std::string& path) {
    const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) throw_errno("open({})", path);
    char text[4096];
    const ssize_t length = ::read(fd.get(), text, sizeof text);
    if (length < 0) throw_errno("read({})", path);
    const std::string all(text, static_cast<std::size_t>(length));
    return all.substr(0, all.find('\n'));
}

void Setting::write(const std::string& path, const std::string& value) {
    const Fd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd) throw_errno("open({})", path);
    if (::write(fd.get(), value.data(), value.size()) < 0)
        throw_errno("write({}, {})", path, value);
}

}  // namespace mmuw
