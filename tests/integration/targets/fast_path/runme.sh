#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the dcos.security maintainers
# SPDX-License-Identifier: GPL-3.0-or-later

set -eu

# It compares with the collection's own specs.
PYTHONPATH="${ANSIBLE_COLLECTIONS_PATH%%:*}${PYTHONPATH:+:$PYTHONPATH}" python differential.py
