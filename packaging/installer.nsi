; The installer for Windows: per user, no administrator, Chinese. Run by packaging/building/windows.py with
; VERSION, SOURCE (the built folder), ICON, TARGET and KILOBYTES.
;
; The libraries of each version lie in a folder of their own (app-1.2.3), the two programs beside them. A new version
; is laid down beside the old one and tried with its self-test under another name; only then do the names change.
; What was there before stays as previous-*, so that there is a way back. Data is never in this folder's hands:
; removing takes our files by name and the folder only when it is empty.
Unicode true
Target amd64-unicode
ManifestDPIAware true
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetCompressorDictSize 64

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include TextFunc.nsh

!define NAME "工会法律保障工作台"
!define PROGRAM "union-desk-window.exe"
!define CONSOLE "union-desk.exe"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\union-desk"
!define CLASSES "Software\Classes"

Name "${NAME}"
OutFile "${TARGET}"
InstallDir "$LOCALAPPDATA\Programs\union-desk"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
BrandingText "${NAME} ${VERSION}"

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=2052 ProductName "${NAME}"
VIAddVersionKey /LANG=2052 FileDescription "${NAME} 安装程序"
VIAddVersionKey /LANG=2052 FileVersion "${VERSION}"
VIAddVersionKey /LANG=2052 ProductVersion "${VERSION}"
VIAddVersionKey /LANG=2052 LegalCopyright "Apache-2.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\${PROGRAM}"
!define MUI_FINISHPAGE_RUN_TEXT "现在打开${NAME}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"

Var before ; the version installed until now, empty for none
Var found
Var search

; Removes every app-* folder but those of two versions; with "" for both, all of them.
!macro REMOVE_APPS UN
Function ${UN}RemoveApps
  Exch $1
  Exch
  Exch $0
  FindFirst $search $found "$INSTDIR\app-*"
  ${DoWhile} $found != ""
    ${If} $found != "app-$0"
    ${AndIf} $found != "app-$1"
      RMDir /r "$INSTDIR\$found"
    ${EndIf}
    FindNext $search $found
  ${Loop}
  FindClose $search
  Pop $0
  Pop $1
FunctionEnd
!macroend
!insertmacro REMOVE_APPS ""
!insertmacro REMOVE_APPS "un."

; A program that runs could be renamed, but two versions must not work on one vault: it is to be closed first.
!macro REFUSE_RUNNING
  ${If} ${FileExists} "$INSTDIR\${PROGRAM}"
    ClearErrors
    FileOpen $0 "$INSTDIR\${PROGRAM}" a
    ${If} ${Errors}
      MessageBox MB_OK|MB_ICONEXCLAMATION "${NAME}正在运行。请先关闭它，再重新运行本程序。" /SD IDOK
      SetErrorLevel 3
      Quit
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

Section
  !insertmacro REFUSE_RUNNING
  StrCpy $before ""
  ${If} ${FileExists} "$INSTDIR\version"
    FileOpen $0 "$INSTDIR\version" r
    FileRead $0 $before
    FileClose $0
    ${TrimNewLines} $before $before
  ${EndIf}

  DetailPrint "正在复制 ${VERSION} 版……"
  RMDir /r "$INSTDIR\app-${VERSION}"
  SetOutPath "$INSTDIR\app-${VERSION}"
  File /r "${SOURCE}\app-${VERSION}\*.*"
  SetOutPath "$INSTDIR"
  File "${SOURCE}\LICENSE.txt"
  File "${SOURCE}\THIRD-PARTY.txt"
  File "/oname=new-${CONSOLE}" "${SOURCE}\${CONSOLE}"
  File "/oname=new-${PROGRAM}" "${SOURCE}\${PROGRAM}"
  File "/oname=new-version" "${SOURCE}\version"

  DetailPrint "正在自检……"
  ; the one with a console: the other would show a box that nobody may be there to close
  nsExec::ExecToStack '"$INSTDIR\new-${CONSOLE}" --self-test -platform offscreen --report "$INSTDIR\self-test.txt"'
  Pop $0
  Pop $1
  ${If} $0 != "0"
    Delete "$INSTDIR\new-${CONSOLE}"
    Delete "$INSTDIR\new-${PROGRAM}"
    Delete "$INSTDIR\new-version"
    ${If} $before != "${VERSION}"
      RMDir /r "$INSTDIR\app-${VERSION}"
    ${EndIf}
    MessageBox MB_OK|MB_ICONSTOP "${VERSION} 版在这台电脑上自检没有通过，没有安装；原来的版本没有改动。请把 $INSTDIR\self-test.txt 发给维护人员。" /SD IDOK
    SetErrorLevel 4
    Quit
  ${EndIf}
  Delete "$INSTDIR\self-test.txt"

  ${If} $before != ""
  ${AndIf} $before != "${VERSION}"
    Delete "$INSTDIR\previous-${CONSOLE}"
    Delete "$INSTDIR\previous-${PROGRAM}"
    Delete "$INSTDIR\previous-version"
    Rename "$INSTDIR\${CONSOLE}" "$INSTDIR\previous-${CONSOLE}"
    Rename "$INSTDIR\${PROGRAM}" "$INSTDIR\previous-${PROGRAM}"
    Rename "$INSTDIR\version" "$INSTDIR\previous-version"
  ${Else}
    Delete "$INSTDIR\${CONSOLE}"
    Delete "$INSTDIR\${PROGRAM}"
    Delete "$INSTDIR\version"
  ${EndIf}
  Rename "$INSTDIR\new-${CONSOLE}" "$INSTDIR\${CONSOLE}"
  Rename "$INSTDIR\new-${PROGRAM}" "$INSTDIR\${PROGRAM}"
  Rename "$INSTDIR\new-version" "$INSTDIR\version"
  ${If} $before != "${VERSION}"
    Push $before
    Push "${VERSION}"
    Call RemoveApps
  ${EndIf}

  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${PROGRAM}"
  CreateShortcut "$DESKTOP\${NAME}.lnk" "$INSTDIR\${PROGRAM}"

  WriteRegStr HKCU "${CLASSES}\.ghpkg" "" "UnionDesk.Package"
  WriteRegStr HKCU "${CLASSES}\UnionDesk.Package" "" "${NAME}数据包"
  WriteRegStr HKCU "${CLASSES}\UnionDesk.Package\DefaultIcon" "" "$INSTDIR\${PROGRAM},0"
  WriteRegStr HKCU "${CLASSES}\UnionDesk.Package\shell\open\command" "" '"$INSTDIR\${PROGRAM}" "%1"'
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'

  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\${PROGRAM},0"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section Uninstall
  !insertmacro REFUSE_RUNNING
  Delete "$INSTDIR\${CONSOLE}"
  Delete "$INSTDIR\${PROGRAM}"
  Delete "$INSTDIR\previous-${CONSOLE}"
  Delete "$INSTDIR\previous-${PROGRAM}"
  Delete "$INSTDIR\version"
  Delete "$INSTDIR\previous-version"
  Delete "$INSTDIR\older-${CONSOLE}" ; what an update could not remove because it ran
  Delete "$INSTDIR\older-${PROGRAM}"
  Delete "$INSTDIR\self-test.txt"
  Delete "$INSTDIR\LICENSE.txt"
  Delete "$INSTDIR\THIRD-PARTY.txt"
  Delete "$INSTDIR\uninstall.exe"
  Push ""
  Push ""
  Call un.RemoveApps
  RMDir "$INSTDIR" ; stays when anything else is in it
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$DESKTOP\${NAME}.lnk"
  ReadRegStr $0 HKCU "${CLASSES}\.ghpkg" ""
  ${If} $0 == "UnionDesk.Package"
    DeleteRegKey HKCU "${CLASSES}\.ghpkg"
  ${EndIf}
  DeleteRegKey HKCU "${CLASSES}\UnionDesk.Package"
  DeleteRegKey HKCU "${UNINSTALL}"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd
