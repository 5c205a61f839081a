# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion of dyocensed: the program itself says what there is, so that nothing here grows old.
_dyocensed() {
  local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]} word=${COMP_WORDS[COMP_CWORD]} words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    words=$("$program" --help 2> /dev/null | sed -nE 's/^  ([a-z]+) .*/\1/p')
  elif [[ $word == -* && $command == serve ]]; then
    words=$("$program" serve --help 2> /dev/null | grep -oE '^ +--[a-z-]+')
  elif [[ $word == -* ]]; then
    words=$("$program" --help 2> /dev/null | grep -E "^  $command " | grep -oE -e '--[a-z-]+')
  elif [[ $COMP_CWORD -eq 2 && $command =~ ^(call|describe)$ ]]; then
    words=$("$program" ops 2> /dev/null | cut -d ' ' -f 1)
  else
    compopt -o default 2> /dev/null
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _dyocensed dyocensed
