// SPDX-License-Identifier: GPL-2.0-only
// ext4 may write data to its journal first (data=journal, or chattr +j), and to the place that
// FIEMAP tells some time after a sync has returned.
#pragma once

#include <string>

namespace mmuw {

// Of a file or directory that is on ext4.
bool ext4_journals_data(const std::string& path);

// Has what is in the journal written to its place. That commits what is running, too, and a commit
// may write pages that are dirty (ext4_journalled_submit_inode_data_buffers()): of a page that a
// sync has missed nothing may be seen after this.
void checkpoint_ext4(int fd);

}  // namespace mmuw
