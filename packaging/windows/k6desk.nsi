; The installer for Windows: for one user, without an administrator. `installer.py` says what it is made from:
;   VERSION      0.1.0, as people read it
;   VERSION4     0.1.0.0, as Windows wants it
;   BUNDLE       the folder with k6desk.exe
;   ICON         k6desk.ico
;   BANNER       the picture on the last page, 164x314
;   OUT          the installer to write
;   SIGN         optional: the command that signs the file whose name follows it
; It compiles on every system that has NSIS 3.08 or newer.
; The installer with /S asks nothing; /D=C:\some\place (last, without quotes) puts k6desk elsewhere.

Unicode true
ManifestDPIAware true
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetCompressorDictSize 64

!include FileFunc.nsh
!include LogicLib.nsh
!include MUI2.nsh
!include WinVer.nsh
!include x64.nsh
!include Win\COM.nsh
!include Win\Propkey.nsh

!define APP_ID "io.github.k6desk.k6desk"
!define FILE_TYPE "k6desk.run"
!define CLASSES "Software\Classes"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\k6desk"
!define HOMEPAGE "https://github.com/k6desk/k6desk"
!define SHORTCUT "$SMPROGRAMS\k6desk.lnk"
!define QUIT_FIRST "k6desk is running. Quit it (File, Quit), then choose Retry."
!define OLDEST_BUILD 17763  ; Windows 10 1809: the oldest that Qt 6 runs on

Name "k6desk"
BrandingText "k6desk ${VERSION}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\k6desk"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"

VIProductVersion "${VERSION4}"
VIFileVersion "${VERSION4}"
VIAddVersionKey ProductName "k6desk"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "k6desk installer"
VIAddVersionKey CompanyName "The k6desk authors"
VIAddVersionKey LegalCopyright "The k6desk authors, Apache-2.0"

!ifdef SIGN
  !uninstfinalize '${SIGN} "%1"' = 0
!endif

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${BANNER}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\k6desk.exe"
!define MUI_COMPONENTSPAGE_SMALLDESC
!define MUI_COMPONENTSPAGE_TEXT_COMPLIST "What to remove:"

!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!define MUI_PAGE_HEADER_TEXT "Remove k6desk"
!define MUI_PAGE_HEADER_SUBTEXT "Your data stays on this computer unless you choose otherwise."
!define MUI_COMPONENTSPAGE_TEXT_TOP "Choose what to remove, then click Uninstall."
!define MUI_PAGE_CUSTOMFUNCTION_SHOW un.HideSpaceRequired
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; Leaves with one sentence. Without a user there is nobody to read it: the exit code is 2 then as well.
!macro GiveUp sentence
  MessageBox MB_OK|MB_ICONSTOP "${sentence}" /SD IDOK
  SetErrorLevel 2
  Quit
!macroend

; Waits until nothing runs from `folder`: Windows opens no program for writing while it runs. $R2 what was found.
!macro WaitUntilClosed folder
  ${Do}
    StrCpy $R2 "closed"
    !insertmacro SeeIfOpen "${folder}\k6desk.exe"
    !insertmacro SeeIfOpen "${folder}\k6desk-demo.exe"
    ${If} $R2 == "closed"
      ${ExitDo}
    ${EndIf}
    ${If} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "${QUIT_FIRST}" /SD IDCANCEL IDCANCEL`
      SetErrorLevel 2
      Quit
    ${EndIf}
  ${Loop}
!macroend

!macro SeeIfOpen program
  ${If} ${FileExists} "${program}"
    ClearErrors
    FileOpen $R0 "${program}" a
    ${If} ${Errors}
      StrCpy $R2 "open"
    ${Else}
      FileClose $R0
    ${EndIf}
  ${EndIf}
!macroend

; Removes what an installer of any version has put into `folder`, and nothing else that may lie there.
!macro RemoveProgram folder
  RMDir /r "${folder}\_internal"
  Delete "${folder}\k6desk.exe"
  Delete "${folder}\k6desk-demo.exe"
  Delete "${folder}\k6desk.ico"
  Delete "${folder}\uninstall.exe"
  RMDir "${folder}"
!macroend

; Icons and "Open with" menus follow at once instead of at the next sign-in.
!macro TellExplorer
  System::Call 'SHELL32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'  ; SHCNE_ASSOCCHANGED
!macroend

; Gives the shortcut the id that the running program gives its windows and notifications: the taskbar then takes
; them for one. $0 link, $1 store or file, $2 key, $3 value, $4 the id as text, $5 result.
!macro NameShortcut
  !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
  ${If} $0 P<> 0
    ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}", .r1)'
    ${If} $1 P<> 0
      ${IPersistFile::Load} $1 '("${SHORTCUT}", ${STGM_READWRITE}).r5'
      ${IUnknown::Release} $1 ""
    ${EndIf}
    ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}", .r1)'
    ${If} $1 P<> 0
      System::Call '*(&w64 "${APP_ID}")p.r4'
      System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID})p.r2'
      System::Call '*(&i2 ${VT_LPWSTR}, &i6, p r4, p 0)p.r3'  ; PROPVARIANT
      ${IPropertyStore::SetValue} $1 '(r2, r3).r5'
      ${IPropertyStore::Commit} $1 ""
      System::Free $4
      System::Free $3
      System::Free $2
      ${IUnknown::Release} $1 ""
      ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}", .r1)'
      ${If} $1 P<> 0
        ${IPersistFile::Save} $1 '("${SHORTCUT}", 1)'
        ${IUnknown::Release} $1 ""
      ${EndIf}
    ${EndIf}
    ${IUnknown::Release} $0 ""
  ${EndIf}
!macroend

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    !insertmacro GiveUp "k6desk needs 64-bit Windows 10 (version 1809) or newer."
  ${EndIf}
FunctionEnd

Section "k6desk" program
  !insertmacro WaitUntilClosed $INSTDIR
  ReadRegStr $R1 HKCU "${UNINSTALL}" "InstallLocation"
  ${If} $R1 != ""
  ${AndIf} $R1 != $INSTDIR
    !insertmacro WaitUntilClosed $R1
    !insertmacro RemoveProgram $R1
  ${EndIf}
  ; Modules of an older version that the new one lacks would be imported all the same. Other programs have such a
  ; folder, too.
  ${If} ${FileExists} "$INSTDIR\k6desk.exe"
    RMDir /r "$INSTDIR\_internal"
  ${EndIf}

  SetOutPath $INSTDIR
  File /r "${BUNDLE}\*"
  File "/oname=k6desk.ico" "${ICON}"
  WriteUninstaller "$INSTDIR\uninstall.exe"

  CreateShortcut "${SHORTCUT}" "$INSTDIR\k6desk.exe" "" "$INSTDIR\k6desk.exe" 0 "" "" "Run monitor for Grafana Cloud k6"
  !insertmacro NameShortcut
  WriteRegStr HKCU "${CLASSES}\AppUserModelId\${APP_ID}" "DisplayName" "k6desk"
  WriteRegStr HKCU "${CLASSES}\AppUserModelId\${APP_ID}" "IconUri" "$INSTDIR\k6desk.ico"

  ; k6desk://run/123. After "--" nothing is an option, whatever quotes a link has.
  WriteRegStr HKCU "${CLASSES}\k6desk" "" "URL:k6desk link"
  WriteRegStr HKCU "${CLASSES}\k6desk" "URL Protocol" ""
  WriteRegStr HKCU "${CLASSES}\k6desk\DefaultIcon" "" "$INSTDIR\k6desk.exe,0"
  WriteRegStr HKCU "${CLASSES}\k6desk\shell\open\command" "" '"$INSTDIR\k6desk.exe" -- "%1"'

  ; *.k6run, without taking it away from a program that has it already
  WriteRegStr HKCU "${CLASSES}\${FILE_TYPE}" "" "k6 runs"
  WriteRegStr HKCU "${CLASSES}\${FILE_TYPE}" "AppUserModelID" "${APP_ID}"
  WriteRegStr HKCU "${CLASSES}\${FILE_TYPE}\DefaultIcon" "" "$INSTDIR\k6desk.ico"
  WriteRegStr HKCU "${CLASSES}\${FILE_TYPE}\shell\open\command" "" '"$INSTDIR\k6desk.exe" -- "%1"'
  WriteRegStr HKCU "${CLASSES}\.k6run\OpenWithProgids" "${FILE_TYPE}" ""
  ReadRegStr $R1 HKCU "${CLASSES}\.k6run" ""
  ${If} $R1 == ""
    WriteRegStr HKCU "${CLASSES}\.k6run" "" "${FILE_TYPE}"
    WriteRegStr HKCU "${CLASSES}\.k6run" "Content Type" "application/vnd.k6desk.run+zip"
  ${EndIf}
  !insertmacro TellExplorer

  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "k6desk"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\k6desk.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The k6desk authors"
  WriteRegStr HKCU "${UNINSTALL}" "URLInfoAbout" "${HOMEPAGE}"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  SectionGetSize ${program} $R1
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $R1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

; To remove something takes no space.
Function un.HideSpaceRequired
  ShowWindow $mui.ComponentsPage.SpaceRequired ${SW_HIDE}
FunctionEnd

Section "un.k6desk" un_program
  SectionIn RO
  !insertmacro WaitUntilClosed $INSTDIR
  !insertmacro RemoveProgram $INSTDIR
  Delete "${SHORTCUT}"
  DeleteRegKey HKCU "${CLASSES}\AppUserModelId\${APP_ID}"
  DeleteRegKey HKCU "${CLASSES}\AppUserModelId\k6desk"  ; written with the first notification
  DeleteRegKey HKCU "${CLASSES}\k6desk"
  DeleteRegKey HKCU "${CLASSES}\${FILE_TYPE}"
  DeleteRegValue HKCU "${CLASSES}\.k6run\OpenWithProgids" "${FILE_TYPE}"
  DeleteRegKey /ifempty HKCU "${CLASSES}\.k6run\OpenWithProgids"
  ReadRegStr $R1 HKCU "${CLASSES}\.k6run" ""
  ${If} $R1 == "${FILE_TYPE}"
    DeleteRegValue HKCU "${CLASSES}\.k6run" ""
    DeleteRegValue HKCU "${CLASSES}\.k6run" "Content Type"
  ${EndIf}
  DeleteRegKey /ifempty HKCU "${CLASSES}\.k6run"
  !insertmacro TellExplorer
  ; start at login, and what the task manager keeps of it
  DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "k6desk"
  DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "k6desk"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd

Section /o "un.My accounts, kept runs, scripts and settings" un_data
  RMDir /r "$LOCALAPPDATA\k6desk"
  RMDir /r "$LOCALAPPDATA\Temp\k6desk"  ; what tells a second start that there is a first
  ; The tokens. The keyring library calls the newest one "k6desk" and all others "account@k6desk".
  ; $1 how many credentials there are, $2 their array, $3 where we are in it, $4 one of them, $5 its kind, $6 its name.
  System::Call 'ADVAPI32::CredEnumerateW(p 0, i 0, *i .r1, *p .r2)i.r0'
  ${If} $0 <> 0
    StrCpy $3 $2
    ${While} $1 > 0
      System::Call '*$3(p .r4)'
      System::Call '*$4(i, i .r5, w .r6)'
      StrCpy $7 $6 "" -7
      ${If} $6 == "k6desk"
      ${OrIf} $7 == "@k6desk"
        System::Call 'ADVAPI32::CredDeleteW(w r6, i r5, i 0)'
      ${EndIf}
      IntPtrOp $3 $3 + ${NSIS_PTR_SIZE}
      IntOp $1 $1 - 1
    ${EndWhile}
    System::Call 'ADVAPI32::CredFree(p r2)'
  ${EndIf}
SectionEnd

!insertmacro MUI_UNFUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${un_program} "The program, its shortcut, and its links and files."
  !insertmacro MUI_DESCRIPTION_TEXT ${un_data} "Everything that k6desk keeps in $LOCALAPPDATA\k6desk, and its tokens. It cannot be brought back."
!insertmacro MUI_UNFUNCTION_DESCRIPTION_END
