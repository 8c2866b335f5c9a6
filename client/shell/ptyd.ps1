# Tells the terminal about prompts, commands and their status (OSC 133) and the folder (OSC 7). For Windows PowerShell 5.1
# and PowerShell 7; to be dot-sourced at the end of $PROFILE.
if (-not $Global:PtydIntegrated) {
  $Global:PtydIntegrated = $true
  $Global:PtydRunning = $false
  $Global:PtydPrompt = $function:prompt
  $Global:PtydMark = { param($Text) "$([char]27)]$Text$([char]7)" }

  function Global:prompt {
    $succeeded = $?
    $code = if ($succeeded) { 0 } elseif ($Global:LASTEXITCODE) { $Global:LASTEXITCODE } else { 1 }
    $lastExitCode = $Global:LASTEXITCODE
    $text = ''
    if ($Global:PtydRunning) {
      $text += & $Global:PtydMark "133;D;$code"
      $Global:PtydRunning = $false
    }
    $location = $ExecutionContext.SessionState.Path.CurrentLocation
    if ($location.Provider.Name -eq 'FileSystem') {
      $path = ($location.ProviderPath -replace '\\', '/').TrimStart('/')
      $escaped = ($path -split '/' | ForEach-Object { [Uri]::EscapeDataString($_) }) -join '/'
      $text += & $Global:PtydMark "7;file://$([Environment]::MachineName)/$escaped"
    }
    $text += & $Global:PtydMark '133;A'
    $text += & $Global:PtydPrompt
    $text += & $Global:PtydMark '133;B'
    $Global:LASTEXITCODE = $lastExitCode
    $text
  }

  # PSReadLine reads a line; what follows is the command.
  if (Get-Command -Name PSConsoleHostReadLine -ErrorAction SilentlyContinue) {
    $Global:PtydReadLine = $function:PSConsoleHostReadLine
    function Global:PSConsoleHostReadLine {
      $line = & $Global:PtydReadLine
      $Global:PtydRunning = $true
      $told = if ($line.Length -gt 4096) { $line.Substring(0, 4096) } else { $line }
      [Console]::Write((& $Global:PtydMark "133;C;cmdline_url=$([Uri]::EscapeDataString($told))"))
      $line
    }
  }
}
