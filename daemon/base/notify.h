/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notify.h - what a service manager wants to know, by sd_notify's protocol; nothing happens where there is none. */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

void notify_ready(void);
void notify_stopping(void);

/* The listening socket that was handed over (LISTEN_FDS, LISTEN_PID), or -1. */
int notify_inherited(void);

#endif
