// SPDX-License-Identifier: GPL-2.0-only
#include "machine/setting.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys_error.h"

namespace mmuw {

bool has_setting(const std::string& path) {
    return access(path.c_str(), F_OK) == 0;
}

std::string read_setting(const std::string& path) {
    const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) throw_errno("open({})", path);
    char text[4096];
    const ssize_t got = read(fd.get(), text, sizeof text);
    if (got < 0) throw_errno("read({})", path);
    std::string value(text, static_cast<std::size_t>(got));
    while (value.ends_with('\n')) value.pop_back();
    if (const auto chosen = value.find('['); chosen != value.npos)
        return value.substr(chosen + 1, value.find(']') - chosen - 1);
    return value;
}

void write_setting(const std::string& path, const std::string& value) {
    const Fd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd) throw_errno("open({})", path);
    if (write(fd.get(), value.data(), value.size()) < 0)
        throw_errno("write({}, \"{}\")", path, value);
}

}  // namespace mmuw
